#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace neurocards {

/// Reads a whole number, of which the text consists; false: it is none.
template <class T>
bool read_number(std::string_view text, T& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

} // namespace neurocards
