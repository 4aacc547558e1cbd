#pragma once

#include <string>
#include <string_view>

/// Code points: how they stand in UTF-8, and which of them nobody can see.
namespace neurocards::characters {

constexpr char32_t replacement = 0xFFFD;

/// Takes one code point off the front of `text`, which is not empty; a broken byte becomes U+FFFD
/// and is taken alone.
char32_t next(std::string_view& text);

void append(std::string& out, char32_t);

/// White space of any script and width.
bool is_space(char32_t);

/// Ends a line in Unicode's eyes, besides '\n'.
bool is_line_break(char32_t);

/// Takes no ink: zero widths, joiners, marks of direction, variation selectors, tags, fillers,
/// U+2800, soft hyphens, what is no character at all.
bool is_invisible(char32_t);

/// Combines with what stands before it, and is nothing by itself.
bool is_combining(char32_t);

/// 0 to 9 for a decimal digit of any script, in circles or raised; -1: none.
int digit_value(char32_t);

/// A hyphen, dash or minus sign of any length.
bool is_dash(char32_t);

} // namespace neurocards::characters
