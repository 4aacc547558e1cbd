#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace neurocards::sandbox::telegram {

/// A marked stretch of a text; offset and length in UTF-16 units.
struct entity {
  std::string type; // "bold", "text_link", …
  size_t offset = 0;
  size_t length = 0;
  std::string argument; // url of a link, language of a pre, id of a custom emoji
};

struct formatted_text {
  std::string text;
  std::vector<entity> entities; // outer before inner
  std::string error;            // in Telegram's words; non-empty: the rest means nothing
};

/// Reads `parse_mode: "HTML"` as Telegram does (reference: td, parse_html), with its complaints and
/// their byte offsets.
formatted_text parse_html(std::string_view html);

} // namespace neurocards::sandbox::telegram
