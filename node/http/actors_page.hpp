#pragma once

#include "base/http_server.hpp"
#include "protocol/actors_view.hpp"

#include <string>
#include <variant>

/// `/api/actors`: what is asked there and how nodes' answers become one (docs/operations.md).
namespace neurocards::actors_page {

constexpr std::string_view all_path = "/api/actors";
constexpr std::string_view below = "/api/actors/"; // KIND, KIND/ID

/// What cannot be answered.
struct refusal {
  int status = 400;
  std::string text;
};

/// Reads a request. An empty `node`: the one that is asked.
std::variant<actors_query, refusal> parse(const http_server::request&);

/// One JSON text of what the nodes told.
std::variant<std::string, refusal> compose(const actors_query&, const actors_answer&);

} // namespace neurocards::actors_page
