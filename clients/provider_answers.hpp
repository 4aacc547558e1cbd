#pragma once

#include "clients/provider.hpp"
#include "clients/wire_json.hpp"

/// What the readers of all providers share. For .cpp files only.
namespace neurocards::provider {

/// At most 500 bytes of a provider's words are kept.
std::string excerpt(std::string_view);

/// The first of several spellings that holds a value.
std::string first_text(std::optional<wire::element>, std::initializer_list<std::string_view> names);

/// Likewise, and of an object or a list all it says: words may be packed as their makers sent them.
std::string first_words(std::optional<wire::element>,
                        std::initializer_list<std::string_view> names);

/// The document of an answer; without root unless one came.
wire::document read(const http::response&, wire::cut_rule cut = wire::cut_rule::refuse);

/// What an answer says besides its data: HTTP, `code` and `message` of its body `root`.
signal to_signal(call from, const http::response&, std::optional<wire::element> root);

/// Whether something can be fetched from there at all: an address holds neither blanks nor line
/// ends.
bool is_web_address(const std::string& url);

} // namespace neurocards::provider
