#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Files that are no pictures we take, told by their bytes: who sent one reads what it is and what
/// to do instead. Neither its name nor its declared type is asked.
namespace neurocards::foreign_files {

/// What helps whoever has such a file.
enum class advice : uint8_t {
  none,       // it is not known what it is
  as_photo,   // a picture: Telegram turns it into a JPEG when it is sent as a photo
  one_still,  // it moves: a single picture of it is wanted
  screenshot, // a document: a picture of its page is wanted
  unpack,     // an archive
  not_sight,  // sound
};

struct kind {
  std::string name; // "HEIC", as people call it; empty: not known
  advice then = advice::none;
};

/// By the leading bytes. Never reads beyond them, never throws.
kind kind_of(std::string_view prefix);

} // namespace neurocards::foreign_files
