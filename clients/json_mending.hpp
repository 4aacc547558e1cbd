#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace neurocards::wire {

/// Bytes of the character that `text` begins with; 0 if it is none (not UTF-8).
size_t character_size(std::string_view text);

/// What to do with a text that ends before its JSON does.
enum class cut_rule : uint8_t {
  refuse,
  close, // what came whole counts; the value that was cut is dropped
};

/// Strict JSON that says what `text` says, for objects and arrays written against the rules:
/// half a surrogate pair and bytes that are not UTF-8 become U+FFFD, control characters are
/// escaped, numbers that no number type holds become strings of their digits, NaN and its kin
/// null, whatever is nested deeper than `keep_depth` null; a byte order mark, commas too many and
/// what stands behind the end are dropped. Nullopt: not that near to JSON.
std::optional<std::string> mended(std::string_view text, cut_rule cut = cut_rule::refuse);

/// Levels of nesting that are kept. Answers that we read have six.
constexpr int keep_depth = 60;

} // namespace neurocards::wire
