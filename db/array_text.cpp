#include "db/array_text.hpp"

#include <array>
#include <charconv>

namespace neurocards::db {

std::string decimal(double number) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr};
}

void array_text::separate() {
  if (text_.size() > 1)
    text_ += ',';
}

void array_text::add_null() {
  separate();
  text_ += "NULL";
}

void array_text::add(std::string_view text) {
  separate();
  text_ += '"';
  for (const char c : text) {
    if (c == '\0')
      continue;
    if (c == '"' || c == '\\')
      text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

void array_text::add(bool value) {
  separate();
  text_ += value ? 't' : 'f';
}

void array_text::add(int64_t number) {
  separate();
  text_ += std::to_string(number);
}

void array_text::add(double number) {
  separate();
  text_ += decimal(number);
}

void array_text::add(const uuid& id) {
  separate();
  text_ += to_string(id);
}

void array_text::add_or_null(std::string_view text) {
  if (text.empty())
    add_null();
  else
    add(text);
}

void array_text::add_json(std::string_view document) {
  constexpr std::string_view nul = "\\u0000";
  if (document.find(nul) == std::string_view::npos) {
    add(document.empty() ? std::string_view{"{}"} : document);
    return;
  }
  std::string clean;
  for (size_t i = 0; i < document.size();) {
    if (document.substr(i, nul.size()) == nul) {
      i += nul.size();
    } else {
      // A backslash takes the next character with it, so that \\u0000 is not mistaken for \u0000.
      const size_t taken = document[i] == '\\' ? 2 : 1;
      clean += document.substr(i, taken);
      i += taken;
    }
  }
  add(clean);
}

} // namespace neurocards::db
