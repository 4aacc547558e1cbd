#include "domain/texts.hpp"

#include "domain/markup.hpp"

#include <array>

namespace neurocards::texts {

namespace {

struct entry {
  std::string_view name;
  std::string_view ru;
  std::string_view en;
};

// ── checks at compile time ───────────────────────────────────────────────────────────────────────
// A placeholder is {name}, or {name:one|few|many} for the form of a word that goes with a number.

constexpr size_t npos = std::string_view::npos;

constexpr std::string_view name_in(std::string_view placeholder) {
  return placeholder.substr(0, placeholder.find(':'));
}

constexpr size_t forms_in(std::string_view placeholder) {
  size_t bars = 0;
  for (const char c : placeholder)
    bars += c == '|';
  return placeholder.find(':') == npos ? 0 : bars + 1;
}

/// Braces pair up, every placeholder has a name, every plural has `forms` forms.
constexpr bool well_formed(std::string_view text, size_t forms) {
  while (true) {
    const size_t open = text.find_first_of("{}");
    if (open == npos)
      return true;
    const size_t close = text.find('}', open);
    if (text[open] == '}' || close == npos)
      return false;
    const std::string_view inside = text.substr(open + 1, close - open - 1);
    if (name_in(inside).empty() || (forms_in(inside) != 0 && forms_in(inside) != forms))
      return false;
    text.remove_prefix(close + 1);
  }
}

constexpr bool mentions(std::string_view text, std::string_view name) {
  for (size_t open = text.find('{'); open != npos; open = text.find('{', open + 1))
    if (name_in(text.substr(open + 1, text.find('}', open) - open - 1)) == name)
      return true;
  return false;
}

constexpr bool mentions_all_of(std::string_view text, std::string_view other) {
  for (size_t open = other.find('{'); open != npos; open = other.find('{', open + 1))
    if (!mentions(text, name_in(other.substr(open + 1, other.find('}', open) - open - 1))))
      return false;
  return true;
}

#define TEXT(name, ru, en)                                                                         \
  static_assert(!std::string_view(ru).empty() && !std::string_view(en).empty(),                    \
                #name " is empty");                                                                \
  static_assert(well_formed(ru, 3), #name ": Russian placeholders (plurals have three forms)");    \
  static_assert(well_formed(en, 2), #name ": English placeholders (plurals have two forms)");      \
  static_assert(mentions_all_of(ru, en) && mentions_all_of(en, ru), #name ": placeholders "        \
                                                                          "differ");
#include "domain/texts.inc"
#undef TEXT

constexpr auto catalogue = std::to_array<entry>({
#define TEXT(name, ru, en) {#name, ru, en},
#include "domain/texts.inc"
#undef TEXT
});

const entry& entry_of(key x) {
  return catalogue[static_cast<size_t>(x)];
}

// ── rendering ────────────────────────────────────────────────────────────────────────────────────

/// Which of the forms goes with `count` (Unicode CLDR, cardinal numbers without fractions).
size_t plural_form(language lang, int64_t count) {
  const int64_t n = count < 0 ? -count : count;
  if (lang == language::en)
    return n == 1 ? 0 : 1;
  if (n % 100 >= 11 && n % 100 <= 14)
    return 2;
  if (n % 10 == 1)
    return 0;
  return n % 10 >= 2 && n % 10 <= 4 ? 1 : 2;
}

std::string_view form_of(std::string_view forms, size_t index) {
  for (; index > 0; --index)
    forms.remove_prefix(forms.find('|') + 1);
  return forms.substr(0, forms.find('|'));
}

void append_placeholder(std::string& out, language lang, std::string_view inside,
                        std::initializer_list<arg> args) {
  for (const arg& x : args) {
    if (x.name != name_in(inside))
      continue;
    if (const size_t colon = inside.find(':'); colon != npos)
      out += form_of(inside.substr(colon + 1), plural_form(lang, x.count));
    else
      out += x.value;
    return;
  }
}

} // namespace

arg number(std::string_view name, int64_t value) {
  return {name, std::to_string(value), value};
}

arg user_text(std::string_view name, std::string_view text, size_t limit) {
  const std::string cleaned = markup::clean(text);
  return {name, markup::escape(markup::cut(markup::trimmed(cleaned), limit)), 0};
}

arg markup_of(std::string_view name, std::string html) {
  return {name, std::move(html), 0};
}

std::string say(language lang, key name, std::initializer_list<arg> args) {
  std::string out;
  std::string_view left = raw(lang, name);
  while (true) {
    const size_t open = left.find('{');
    out += left.substr(0, open);
    if (open == npos)
      return out;
    const size_t close = left.find('}', open);
    append_placeholder(out, lang, left.substr(open + 1, close - open - 1), args);
    left.remove_prefix(close + 1);
  }
}

std::string_view raw(language lang, key name) {
  return lang == language::en ? entry_of(name).en : entry_of(name).ru;
}

std::string_view name_of(key name) {
  return entry_of(name).name;
}

std::vector<key> all_keys() {
  std::vector<key> result;
  for (size_t i = 0; i < catalogue.size(); ++i)
    result.push_back(static_cast<key>(i));
  return result;
}

} // namespace neurocards::texts
