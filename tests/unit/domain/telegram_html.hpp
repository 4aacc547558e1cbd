#pragma once

#include "domain/markup.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A reading of `parse_mode: "HTML"` as strict as Telegram's own: what it refuses, a user never
/// gets.
namespace neurocards::test {

struct parsed_html {
  std::string fault; // empty: Telegram would take it
  std::string plain; // what remains without tags and entities
};

inline parsed_html parse_html(std::string_view text) {
  static constexpr std::array<std::string_view, 5> known = {"b", "i", "code", "a", "blockquote"};
  parsed_html out;
  std::vector<std::string> open;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '>')
      return {"a bare >", out.plain};
    if (c == '&') {
      const size_t end = text.find(';');
      const std::string_view name = end == std::string_view::npos ? "" : text.substr(1, end - 1);
      const char meant = name == "lt"     ? '<'
                         : name == "gt"   ? '>'
                         : name == "amp"  ? '&'
                         : name == "quot" ? '"'
                                          : 0;
      if (meant == 0)
        return {"a bare &", out.plain};
      out.plain += meant;
      text.remove_prefix(end + 1);
    } else if (c == '<') {
      const size_t end = text.find('>');
      if (end == std::string_view::npos)
        return {"an unfinished tag", out.plain};
      std::string_view tag = text.substr(1, end - 1);
      const bool closes = tag.starts_with('/');
      tag.remove_prefix(closes ? 1 : 0);
      const std::string name{tag.substr(0, tag.find(' '))};
      if (std::find(known.begin(), known.end(), name) == known.end())
        return {"unknown tag " + name, out.plain};
      if (!closes && name == "a" && (!tag.starts_with("a href=\"http") || tag.back() != '"'))
        return {"a link to nowhere", out.plain};
      if (closes && (open.empty() || open.back() != name))
        return {"tag " + name + " closes what is not open", out.plain};
      if (closes)
        open.pop_back();
      else
        open.push_back(name);
      text.remove_prefix(end + 1);
    } else {
      out.plain += c;
      text.remove_prefix(1);
    }
  }
  if (!open.empty())
    return {"tag " + open.back() + " stays open", out.plain};
  return out;
}

/// Why Telegram would refuse `html` as a text of at most `limit` characters; empty: it would not.
inline std::string fault_of_html(std::string_view html, size_t limit) {
  const parsed_html parsed = parse_html(html);
  if (!parsed.fault.empty())
    return parsed.fault + " in: " + std::string{html};
  if (html.size() > 32'768)
    return "longer than 32768 bytes";
  if (markup::clean(html) != html)
    return "control characters or broken UTF-8 in: " + std::string{html};
  if (markup::trimmed(parsed.plain).empty())
    return "no text";
  if (const size_t n = markup::length(parsed.plain); n > limit)
    return "too long: " + std::to_string(n);
  if (parsed.plain.find_first_of("{}") != std::string::npos)
    return "a placeholder is left in: " + parsed.plain;
  return {};
}

} // namespace neurocards::test
