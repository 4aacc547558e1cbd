#include "clients/xml_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace neurocards::xml {

namespace {

constexpr std::string_view space = " \t\r\n";
constexpr std::string_view cdata = "<![CDATA[";

/// `text` behind the next `end`; empty: there is none.
std::string_view behind(std::string_view text, std::string_view end) {
  const auto begin = text.find(end);
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin + end.size());
}

struct tag {
  std::string_view name; // without prefix
  bool closes = false;
  bool empty = false;    // <name/>
  std::string_view from; // the text from the tag on
  std::string_view after;
};

/// Behind the '>' of a tag; one within quotes of an attribute is none.
std::string_view behind_tag(std::string_view text) {
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0')
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      return text.substr(i + 1);
  }
  return {};
}

/// The next tag of an element.
std::optional<tag> next_tag(std::string_view text) {
  for (auto begin = text.find('<'); begin != std::string_view::npos; begin = text.find('<')) {
    text.remove_prefix(begin);
    if (text.starts_with("<!--")) {
      text = behind(text, "-->");
      continue;
    }
    if (text.starts_with(cdata)) {
      text = behind(text, "]]>");
      continue;
    }
    tag found;
    found.from = text;
    found.closes = text.starts_with("</");
    auto name = text.substr(found.closes ? 2 : 1);
    name = name.substr(0, name.find_first_of(" \t\r\n/>"));
    found.after = behind_tag(text);
    if (found.after.data() == nullptr)
      return std::nullopt;
    found.empty = *(found.after.data() - 2) == '/' && !found.closes;
    found.name = name.substr(name.find(':') + 1);
    if (!name.empty() && name.front() != '?' && name.front() != '!')
      return found;
    text = found.after;
  }
  return std::nullopt;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto continuation = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((code >> shift) & 0x3fU));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0U | (code >> 6U));
    continuation(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0U | (code >> 12U));
    continuation(6);
    continuation(0);
  } else {
    out += static_cast<char>(0xf0U | (code >> 18U));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

/// The character that `&…;` stands for; false: none that we know.
bool append_entity(std::string& out, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> named{
    {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [word, character] : named)
    if (word == name) {
      out += character;
      return true;
    }
  if (!name.starts_with('#'))
    return false;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  name.remove_prefix(hex ? 1 : 0);
  uint32_t code = 0;
  const auto [end, fault] =
    std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (fault != std::errc{} || end != name.data() + name.size() || code == 0 || code > 0x10ffff
      || surrogate)
    return false;
  append_utf8(out, code);
  return true;
}

constexpr size_t longest_entity = 10; // "#x0010FFFF"

} // namespace

std::optional<element> find(std::string_view text, std::string_view name) {
  for (auto open = next_tag(text); open; open = next_tag(open->after)) {
    if (open->closes || open->name != name)
      continue;
    if (open->empty)
      return element{open->after.substr(0, 0), open->after};
    for (auto close = next_tag(open->after); close; close = next_tag(close->after)) {
      if (!close->closes || close->name != name)
        continue;
      const auto size = static_cast<size_t>(close->from.data() - open->after.data());
      return element{open->after.substr(0, size), close->after};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::string content(std::string_view inside) {
  std::string out;
  while (!inside.empty()) {
    if (inside.starts_with("<!--")) {
      inside = behind(inside, "-->");
      continue;
    }
    if (inside.starts_with(cdata)) {
      inside.remove_prefix(cdata.size());
      out += inside.substr(0, inside.find("]]>"));
      inside = behind(inside, "]]>");
      continue;
    }
    const auto end = inside.substr(0, longest_entity + 2).find(';');
    if (inside.front() == '&' && end != std::string_view::npos
        && append_entity(out, inside.substr(1, end - 1))) {
      inside.remove_prefix(end + 1);
      continue;
    }
    out += inside.front();
    inside.remove_prefix(1);
  }
  out.erase(0, std::min(out.find_first_not_of(space), out.size()));
  out.erase(out.find_last_not_of(space) + 1);
  return out;
}

} // namespace neurocards::xml
