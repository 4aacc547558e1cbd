#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Reading of foreign XML as far as object stores write it: prefixes of names and attributes are
/// passed over, comments are not content, what is odd elsewhere in the text does no harm.
namespace neurocards::xml {

/// An element and what stands behind it.
struct element {
  std::string_view inside;
  std::string_view after;
};

/// The first element of that name in `text`; nullopt: there is none, or it is not closed.
std::optional<element> find(std::string_view text, std::string_view name);

/// What `inside` says: entities and CDATA resolved, without space around it.
std::string content(std::string_view inside);

} // namespace neurocards::xml
