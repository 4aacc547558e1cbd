#include "domain/markup.hpp"

#include "domain/characters.hpp"

#include <cstdint>

namespace neurocards::markup {

namespace {

using characters::append;
using characters::next;

bool is_control(char32_t x) {
  return x < 0x20 || (x >= 0x7F && x <= 0x9F);
}

/// These turn the direction of what follows them, ours included.
bool is_direction_override(char32_t x) {
  return (x >= 0x202A && x <= 0x202E) || (x >= 0x2066 && x <= 0x2069);
}

constexpr char32_t zero_width_joiner = 0x200D;
constexpr char32_t black_flag = 0x1F3F4;
constexpr char32_t enclosing_keycap = 0x20E3;

bool is_tag(char32_t x) {
  return x >= 0xE0000 && x <= 0xE007F;
}

/// Draws nothing, and joins or turns nothing either: could only hide words from who reads them.
bool is_noise(char32_t x) {
  return x == 0xAD || x == 0x34F || x == 0x180E || x == 0x200B || (x >= 0x2060 && x <= 0x2065)
         || (x >= 0x206A && x <= 0x206F) || x == 0xFEFF;
}

/// Belongs to the character before it.
bool continues_character(char32_t x) {
  return x == zero_width_joiner || (x >= 0xFE00 && x <= 0xFE0F) || (x >= 0x1F3FB && x <= 0x1F3FF)
         || (x >= 0x0300 && x <= 0x036F) || x == 0x20E3 || (x >= 0xE0020 && x <= 0xE007F);
}

size_t units(char32_t x) {
  return x >= 0x10000 ? 2 : 1;
}

/// Byte length of the longest beginning of at most `limit` units that ends between two characters;
/// between two code points when a single character is longer than that.
size_t fitting_bytes(std::string_view text, size_t limit) {
  std::string_view left = text;
  size_t used = 0;
  size_t whole_characters = 0;
  char32_t before = 0;
  while (!left.empty()) {
    const size_t position = text.size() - left.size();
    const char32_t point = next(left);
    if (!continues_character(point) && before != zero_width_joiner)
      whole_characters = position;
    used += units(point);
    if (used > limit)
      return whole_characters > 0 ? whole_characters : position;
    before = point;
  }
  return text.size();
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// The code point that ends `text`, which is not empty.
char32_t last_of(std::string_view text, size_t& bytes) {
  size_t start = text.size() - 1;
  while (start > 0 && text.size() - start < 4 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80)
    --start;
  std::string_view left = text.substr(start);
  const char32_t point = next(left);
  bytes = left.empty() ? text.size() - start : 1;
  return left.empty() ? point : characters::replacement;
}

/// Removed at both ends of a text: white space, and what is drawn like it.
bool is_edge(char32_t x) {
  return characters::is_space(x) || x == 0x2800 || x == 0x3164 || x == 0x115F || x == 0x1160
         || x == 0xFFA0 || x == 0x200E || x == 0x200F || x == 0x061C;
}

} // namespace

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_flag = false; // tags may follow: 🏴 and letters make the flag of a country
  while (!text.empty()) {
    const char32_t point = next(text);
    const bool tag = is_tag(point);
    if (point == '\n' || point == 0x2028 || point == 0x2029)
      out.push_back('\n');
    else if (tag ? in_flag
                 : !is_control(point) && !is_direction_override(point) && !is_noise(point))
      append(out, point);
    else if (point == '\t')
      out.push_back(' ');
    in_flag = point == black_flag || (tag && in_flag);
  }
  return out;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const char32_t point = next(text);
    if (!characters::is_space(point) && !characters::is_invisible(point)
        && !characters::is_combining(point))
      return false;
  }
  return true;
}

std::string folded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char32_t point = next(text);
    if (point >= 0xFF01 && point <= 0xFF5E)
      point -= 0xFF01 - 0x21; // full width
    if (characters::is_space(point))
      out.push_back(point == '\n' || characters::is_line_break(point) ? '\n' : ' ');
    else if (characters::is_invisible(point) || point == enclosing_keycap)
      continue;
    else if (const int digit = characters::digit_value(point); digit >= 0)
      out.push_back(static_cast<char>('0' + digit));
    else if (characters::is_dash(point))
      out.push_back('-');
    else if (point >= 'A' && point <= 'Z')
      out.push_back(static_cast<char>(point - 'A' + 'a'));
    else
      append(out, point);
  }
  return std::string{trimmed(out)};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    std::string_view left = text;
    if (!is_edge(next(left)))
      break;
    text = left;
  }
  for (size_t bytes = 0; !text.empty() && is_edge(last_of(text, bytes));)
    text.remove_suffix(bytes);
  return text;
}

size_t length(std::string_view text) {
  size_t result = 0;
  while (!text.empty())
    result += units(next(text));
  return result;
}

std::string cut(std::string_view text, size_t limit) {
  if (length(text) <= limit)
    return std::string{text};
  if (limit == 0)
    return {};
  return std::string{trimmed(text.substr(0, fitting_bytes(text, limit - 1)))} + "…";
}

std::string cut_at_sentence(std::string_view text, size_t limit) {
  text = trimmed(text);
  const std::string_view start = text.substr(0, fitting_bytes(text, limit));
  if (start.size() == text.size())
    return std::string{start};
  for (size_t i = start.size(); i > start.size() / 2; --i) {
    const char c = start[i - 1];
    if (c == '.' || c == '!' || c == '?')
      if (i == text.size() || is_space(text[i]))
        return std::string{start.substr(0, i)};
  }
  const size_t word_end = start.find_last_of(" \n");
  return std::string{trimmed(start.substr(0, word_end))};
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

} // namespace neurocards::markup
