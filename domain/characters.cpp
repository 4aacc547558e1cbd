#include "domain/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace neurocards::characters {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

template <size_t N>
bool within(const std::array<range, N>& all, char32_t x) {
  return std::ranges::any_of(all, [x](const range& r) { return x >= r.first && x <= r.last; });
}

// Default_Ignorable_Code_Point, and what draws nothing in practice: the Braille blank, characters
// for private use, places that are no characters, what stands for an object or for broken bytes.
constexpr std::array invisible = {
  range{0x00AD, 0x00AD},    range{0x034F, 0x034F},   range{0x061C, 0x061C},
  range{0x115F, 0x1160},    range{0x17B4, 0x17B5},   range{0x180B, 0x180F},
  range{0x200B, 0x200F},    range{0x202A, 0x202E},   range{0x2060, 0x206F},
  range{0x2800, 0x2800},    range{0x3164, 0x3164},   range{0xE000, 0xF8FF},
  range{0xFDD0, 0xFDEF},    range{0xFE00, 0xFE0F},   range{0xFEFF, 0xFEFF},
  range{0xFFA0, 0xFFA0},    range{0xFFF0, 0xFFFF},   range{0x1BCA0, 0x1BCA3},
  range{0x1D159, 0x1D159},  range{0x1D173, 0x1D17A}, range{0xE0000, 0xE0FFF},
  range{0xF0000, 0x10FFFF},
};

// The blocks of combining marks, and the marks of scripts that write them over other characters.
constexpr std::array combining = {
  range{0x0300, 0x036F}, range{0x0483, 0x0489}, range{0x0591, 0x05BD}, range{0x05BF, 0x05BF},
  range{0x05C1, 0x05C2}, range{0x05C4, 0x05C5}, range{0x05C7, 0x05C7}, range{0x0610, 0x061A},
  range{0x064B, 0x065F}, range{0x0670, 0x0670}, range{0x06D6, 0x06DC}, range{0x06DF, 0x06E4},
  range{0x06E7, 0x06E8}, range{0x06EA, 0x06ED}, range{0x0711, 0x0711}, range{0x0730, 0x074A},
  range{0x093C, 0x093C}, range{0x094D, 0x094D}, range{0x0E31, 0x0E31}, range{0x0E34, 0x0E3A},
  range{0x0E47, 0x0E4E}, range{0x135D, 0x135F}, range{0x1AB0, 0x1AFF}, range{0x1DC0, 0x1DFF},
  range{0x20D0, 0x20FF}, range{0x302A, 0x302F}, range{0x3099, 0x309A}, range{0xFE20, 0xFE2F},
};

// Zeros of the scripts that have decimal digits of their own; nine more follow each.
constexpr std::array<char32_t, 60> zeros = {
  0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,
  0x0C66,  0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,
  0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,
  0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x11066, 0x110F0,
  0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11C50,
  0x11D50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
};

// "One" of the rows in which digits stand in circles, brackets or with a full stop.
constexpr std::array<char32_t, 8> ones = {0x2460, 0x2474, 0x2488, 0x24F5,
                                          0x2776, 0x2780, 0x278A, 0x2080 + 1};

} // namespace

char32_t next(std::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
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
  bool valid = size != 0 && size <= text.size();
  for (size_t i = 1; valid && i < size; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    point = (point << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (!valid || overlong || surrogate || point > 0x10FFFF) {
    text.remove_prefix(1);
    return replacement;
  }
  text.remove_prefix(size);
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

bool is_space(char32_t x) {
  return (x >= 0x09 && x <= 0x0D) || x == 0x20 || x == 0x85 || x == 0xA0 || x == 0x1680
         || (x >= 0x2000 && x <= 0x200A) || x == 0x2028 || x == 0x2029 || x == 0x202F || x == 0x205F
         || x == 0x3000;
}

bool is_line_break(char32_t x) {
  return x == 0x85 || x == 0x2028 || x == 0x2029;
}

bool is_invisible(char32_t x) {
  return x < 0x20 || (x >= 0x7F && x <= 0x9F) || (x & 0xFFFE) == 0xFFFE || within(invisible, x);
}

bool is_combining(char32_t x) {
  return within(combining, x);
}

int digit_value(char32_t x) {
  for (const char32_t zero : zeros)
    if (x >= zero && x <= zero + 9)
      return static_cast<int>(x - zero);
  for (const char32_t one : ones)
    if (x >= one && x <= one + 8)
      return static_cast<int>(x - one) + 1;
  if (x == 0xB9 || x == 0xB2 || x == 0xB3) // ¹ ² ³ stand apart from the other raised digits
    return x == 0xB9 ? 1 : x == 0xB2 ? 2 : 3;
  return x >= 0x2074 && x <= 0x2079 ? static_cast<int>(x - 0x2070) : -1;
}

bool is_dash(char32_t x) {
  return x == '-' || (x >= 0x2010 && x <= 0x2015) || x == 0x2212 || x == 0x058A || x == 0x1806
         || x == 0x2E3A || x == 0x2E3B || x == 0xFE58 || x == 0xFE63 || x == 0xFF0D || x == 0x2796
         || x == 0x2043;
}

} // namespace neurocards::characters
