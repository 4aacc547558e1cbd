#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

/// Words by which the database names values of ours.
namespace neurocards::db {

template <class Enum>
struct word {
  std::string_view text;
  Enum value;
};

/// The value that `text` names among `words`. Throws for another: the program and the schema
/// disagree, and to guess would hide it.
template <class Enum, size_t N>
Enum value_of(const std::array<word<Enum>, N>& words, std::string_view text) {
  std::string allowed;
  for (const auto& x : words) {
    if (x.text == text)
      return x.value;
    allowed.append(allowed.empty() ? "" : ", ").append(x.text);
  }
  throw std::runtime_error{"the database says \"" + std::string{text} + "\", and knows to say "
                           + allowed};
}

} // namespace neurocards::db
