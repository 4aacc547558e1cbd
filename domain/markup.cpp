#include "domain/markup.hpp"

#include <cstdint>

namespace neurocards::markup {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// Takes one code point off the front of `rest`; a broken byte becomes U+FFFD and is taken alone.
char32_t next(std::string_view& rest) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(rest[i]); };
  const uint8_t lead = byte(0);
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xC2 ? 0
                      : lead < 0xE0 ? 2
                      : lead < 0xF0 ? 3
                      : lead < 0xF5 ? 4
                                    : 0;
  char32_t point = size == 1   ? lead
                   : size == 2 ? lead & 0x1F
                   : size == 3 ? lead & 0x0F
                               : lead & 0x07;
  bool valid = size != 0 && size <= rest.size();
  for (size_t i = 1; valid && i < size; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    point = (point << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (!valid || overlong || surrogate || point > 0x10FFFF) {
    rest.remove_prefix(1);
    return replacement;
  }
  rest.remove_prefix(size);
  return point;
}

void append(std::string& out, char32_t point) {
  const auto put = [&](char32_t bits) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(bits)));
  };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

bool is_control(char32_t x) {
  return x < 0x20 || (x >= 0x7F && x <= 0x9F);
}

/// These turn the direction of what follows them, ours included.
bool is_direction_override(char32_t x) {
  return (x >= 0x202A && x <= 0x202E) || (x >= 0x2066 && x <= 0x2069);
}

constexpr char32_t zero_width_joiner = 0x200D;

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
  std::string_view rest = text;
  size_t used = 0;
  size_t whole_characters = 0;
  char32_t before = 0;
  while (!rest.empty()) {
    const size_t at = text.size() - rest.size();
    const char32_t point = next(rest);
    if (!continues_character(point) && before != zero_width_joiner)
      whole_characters = at;
    used += units(point);
    if (used > limit)
      return whole_characters > 0 ? whole_characters : at;
    before = point;
  }
  return text.size();
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

} // namespace

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t point = next(text);
    if (point == '\t')
      out.push_back(' ');
    else if (point == '\n' || (!is_control(point) && !is_direction_override(point)))
      append(out, point);
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
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
