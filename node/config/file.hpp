#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <caf/settings.hpp>

/// The text of cluster.conf as CAF's parser takes it, with what that parser lets pass: a file cut
/// off inside a block, keys written with dots (it loses them) and keys set twice.
namespace neurocards::config {

struct file_content {
  caf::settings values;
  std::map<std::string, int> lines; // where each key stands, "kie.poll-interval" → 12
  std::vector<std::string> faults;
};

/// `name` is what messages call the file.
file_content parse_file(const std::string& name, const std::string& text);

/// The two comment lines between which a file declares itself whole. A file that holds the first
/// must hold the second: it catches a file cut between two blocks.
inline constexpr std::string_view first_line = "# begin of cluster.conf";
inline constexpr std::string_view last_line = "# end of cluster.conf";

} // namespace neurocards::config
