#pragma once

#include "clients/json_mending.hpp"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading of foreign JSON: nothing here throws, and what is missing or of another type reads as
/// empty. For .cpp files only.
namespace neurocards::wire {

using element = simdjson::dom::element;

/// A text and what it says. What is odd in it does no harm to what is not (clients/json_mending);
/// refused are texts that are no JSON, and those that were cut unless the caller takes their
/// beginning.
class document {
public:
  explicit document(std::string_view text, cut_rule cut = cut_rule::refuse);

  /// nullopt where the text is no JSON.
  std::optional<element> root() const { return root_; }

private:
  bool parse(std::string_view text);

  simdjson::dom::parser parser_;
  std::optional<element> root_;
};

/// A member of an object; nullopt if `x` is none or has no such member, or it is null.
std::optional<element> member(std::optional<element> x, std::string_view key);

/// A string without NUL bytes (PostgreSQL takes none); empty for anything else.
std::string text(std::optional<element>);

/// Likewise, and numbers and booleans as their text.
std::string loose_text(std::optional<element>);

/// An integer; a number without a fraction and a string of digits count as well.
std::optional<int64_t> integer(std::optional<element>);
/// Likewise of any number.
std::optional<double> number(std::optional<element>);
std::optional<bool> boolean(std::optional<element>);
/// The members of an array; nullopt for anything else.
std::optional<std::vector<element>> array(std::optional<element>);
bool is_object(std::optional<element>);

/// Likewise, and none for anything else.
inline std::vector<element> items(std::optional<element> x) {
  return array(x).value_or(std::vector<element>{});
}

inline std::string text(std::optional<element> x, std::string_view key) {
  return text(member(x, key));
}

inline int64_t integer_or_zero(std::optional<element> x, std::string_view key) {
  return integer(member(x, key)).value_or(0);
}

/// At most `limit` bytes of a foreign text, fit for a database and a log: without NUL, and what is
/// not UTF-8 replaced by '?'.
std::string excerpt(std::string_view, size_t limit);

/// Compact text fit for jsonb: escaped NULs are replaced by U+FFFD.
std::string compact(element);

} // namespace neurocards::wire
