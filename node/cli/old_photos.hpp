#pragma once

#include "protocol/config.hpp"

#include <set>
#include <string>
#include <vector>

namespace neurocards {

/// What became of the photos that the old jobs name.
struct old_photos {
  std::set<std::string> usable;     // keys that are in our storage, or would be after a copy
  std::vector<std::string> missing; // named, and not to be found
  std::vector<std::string> refused; // names that are no keys of a storage
  int copied = 0;
};

/// Copies photos by their keys ("inputs/…") from the superseded bot's folder into our storage, byte
/// by byte what they were. What is there already is compared (in a bucket by its length) and not
/// copied again, so that a second run goes on where the first was ended. Without `copies` nothing
/// is written. Throws `std::runtime_error` when a file cannot be copied, or when another of its
/// name is there.
old_photos take_photos(const std::set<std::string>& keys, const std::string& old_folder,
                       const config::all& ours, bool copies);

} // namespace neurocards
