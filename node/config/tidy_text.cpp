#include "node/config/tidy_text.hpp"

#include "domain/characters.hpp"
#include "domain/markup.hpp"

#include <array>
#include <utility>

namespace neurocards::config {

namespace {

using namespace std::string_view_literals;

/// Two encodings that editors call "Unicode": with a mark, or to be told by zeros between letters.
bool is_utf16(std::string_view x) {
  if (x.starts_with("\xFF\xFE"sv) || x.starts_with("\xFE\xFF"sv))
    return true;
  return x.size() >= 4 && ((x[0] == 0 && x[1] != 0) || (x[0] != 0 && x[1] == 0));
}

/// Around a value: nothing to be seen.
bool is_edge(char32_t x) {
  return characters::is_space(x) || (characters::is_invisible(x) && x != characters::replacement);
}

std::string_view without_edges(std::string_view x) {
  while (!x.empty()) {
    auto remainder = x;
    if (!is_edge(characters::next(remainder)))
      break;
    x = remainder;
  }
  // From the front again: UTF-8 is read forwards.
  size_t end = 0;
  for (auto remainder = x; !remainder.empty();)
    if (const auto point = characters::next(remainder); !is_edge(point))
      end = x.size() - remainder.size();
  return x.substr(0, end);
}

/// One pair of quotes, plain or typographic; what they hold may not contain the closing one.
std::string_view without_quotes(std::string_view x) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> pairs{{
    {"\"", "\""},
    {"'", "'"},
    {"`", "`"},
    {"“", "”"},
    {"‘", "’"},
    {"«", "»"},
    {"„", "“"},
  }};
  for (const auto& [open, close] : pairs)
    if (x.size() >= open.size() + close.size() && x.starts_with(open) && x.ends_with(close))
      if (const auto held = x.substr(open.size(), x.size() - open.size() - close.size());
          held.find(close) == std::string_view::npos)
        return held;
  return x;
}

/// `export NAME=`, `set NAME=`, `NAME=`: a whole line where its value belongs.
std::string_view without_name(std::string_view name, std::string_view x) {
  auto remainder = x;
  for (const auto word : {"export "sv, "set "sv})
    if (remainder.starts_with(word))
      remainder = without_edges(remainder.substr(word.size()));
  if (name.empty() || !remainder.starts_with(name))
    return x;
  remainder = without_edges(remainder.substr(name.size()));
  return remainder.starts_with('=') ? without_edges(remainder.substr(1)) : x;
}

} // namespace

tidy_file tidy_text(std::string_view bytes) {
  if (is_utf16(bytes))
    return {"", "is UTF-16; save it as UTF-8"};
  if (bytes.find('\0') != std::string_view::npos)
    return {"", "contains a NUL byte; save it as text in UTF-8"};
  tidy_file result;
  result.text.reserve(bytes.size());
  char quote = 0;
  while (!bytes.empty()) {
    const auto before = bytes;
    const char32_t point = characters::next(bytes);
    const auto raw = before.substr(0, before.size() - bytes.size());
    if (point == '\r') {
      if (!bytes.starts_with('\n'))
        result.text += '\n';
      continue;
    }
    if (point == '\n')
      quote = 0;
    else if (point == '"' || point == '\'')
      quote = quote == 0 ? static_cast<char>(point) : quote == static_cast<char>(point) ? 0 : quote;
    const bool odd_space = point > 0x7F && characters::is_space(point);
    // A byte order mark, too.
    const bool unseen = point == 0xFEFF || point == 0x200B || point == 0x2060;
    if (quote == 0 && odd_space)
      result.text += ' ';
    else if (quote != 0 || !unseen)
      result.text += raw;
  }
  return result;
}

std::string tidy_value(std::string_view name, std::string_view value) {
  value = without_edges(value);
  value = without_name(name, value);
  return std::string{without_edges(without_quotes(value))};
}

std::string fault_of_token(std::string_view value) {
  if (is_utf16(value))
    return "is UTF-16; write it in ASCII";
  while (!value.empty()) {
    const char32_t point = characters::next(value);
    if (point <= ' ' || point == 0x7F || characters::is_space(point))
      return "contains a space or control character";
    if (point == '"' || point == '\'' || point == '`')
      return "contains a quotation mark";
    if (point > 0x7F)
      return "contains a character that is not ASCII; type or copy it anew";
  }
  return {};
}

std::string fault_of_address(std::string_view value) {
  if (is_utf16(value))
    return "is UTF-16; write it in UTF-8";
  while (!value.empty()) {
    const char32_t point = characters::next(value);
    if (point < ' ' || characters::is_invisible(point)
        || (point > 0x7F && characters::is_space(point)))
      return "contains a control or invisible character; type or copy it anew";
  }
  return {};
}

} // namespace neurocards::config
