#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neurocards::sandbox {

/// One part of a multipart/form-data body. The views point into the body.
struct part {
  std::string name;
  std::string filename;     // empty: a plain value
  std::string content_type; // empty: not told
  std::string_view content;
};

/// Splits a body by the boundary that `content_type` names. nullopt: no boundary, or not ended by
/// it.
std::optional<std::vector<part>> parse_multipart(std::string_view content_type,
                                                 std::string_view body);

} // namespace neurocards::sandbox
