#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace neurocards {

/// The words of an enum, as they stand in rows, files and requests: declared once, beside the enum.
template <class Enum, size_t Size>
using word_table = std::array<std::pair<Enum, std::string_view>, Size>;

/// The word of a value; empty: it has none.
template <class Enum, size_t Size>
constexpr std::string_view word_of(const word_table<Enum, Size>& table, Enum value) {
  for (const auto& [known, word] : table)
    if (known == value)
      return word;
  return "";
}

/// Nullopt: a word that this version does not know.
template <class Enum, size_t Size>
constexpr std::optional<Enum> find_word(const word_table<Enum, Size>& table,
                                        std::string_view text) {
  for (const auto& [value, word] : table)
    if (word == text)
      return value;
  return std::nullopt;
}

/// All words, in the table's order.
template <class Enum, size_t Size>
std::vector<std::string> words_of(const word_table<Enum, Size>& table) {
  std::vector<std::string> result;
  for (const auto& entry : table)
    result.emplace_back(entry.second);
  return result;
}

/// The same for a message that says what is allowed: "queue, key, model".
template <class Enum, size_t Size>
std::string all_words(const word_table<Enum, Size>& table) {
  std::string result;
  for (const auto& entry : table)
    result.append(result.empty() ? "" : ", ").append(entry.second);
  return result;
}

} // namespace neurocards
