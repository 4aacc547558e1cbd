#pragma once

#include "domain/language.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// Everything users read, in every language: domain/texts.inc, compiled in and checked there.
namespace neurocards::texts {

enum class key : uint16_t {
#define TEXT(name, ru, en) name,
#include "domain/texts.inc"
#undef TEXT
};

/// Value of one placeholder. Which of the makers below made it says how it is treated.
struct arg {
  std::string_view name;
  std::string value; // ready for HTML
  int64_t count = 0; // of numbers: chooses the plural form
};

/// A count; also serves plurals such as {count:кредит|кредита|кредитов}.
arg number(std::string_view name, int64_t value);

/// Words of a stranger: cleaned, cut to `limit` UTF-16 units, escaped.
arg user_text(std::string_view name, std::string_view text, size_t limit);

/// Markup made by this program from other texts of the catalogue.
arg markup_of(std::string_view name, std::string html);

/// The text as HTML. A placeholder without a value becomes empty (tests make sure of none).
std::string say(language, key, std::initializer_list<arg> = {});

/// As it stands in the catalogue, placeholders and all.
std::string_view raw(language, key);

/// Name of the key, for tests and logs.
std::string_view name_of(key);

/// All keys of the catalogue.
std::vector<key> all_keys();

} // namespace neurocards::texts
