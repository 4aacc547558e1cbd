#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Texts as Telegram measures and cleans them. All arguments but that of `valid_utf8` are valid
/// UTF-8.
namespace neurocards::sandbox {

bool valid_utf8(std::string_view text);

/// Unicode code points: the unit of Telegram's text and caption limits.
size_t code_points(std::string_view text);

/// UTF-16 units: the unit of entity offsets and lengths.
size_t utf16_units(std::string_view text);

/// Control characters become spaces, '\r' disappears, blanks at both ends too.
std::string cleaned(std::string_view text);

std::string lower(std::string_view text);

/// Bytes of `text`, plain or as a data URL; empty when it is not base64.
std::string decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

/// In lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);
std::string hex(std::string_view bytes);

} // namespace neurocards::sandbox
