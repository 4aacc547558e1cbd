#pragma once

#include "base/http_server.hpp"
#include "node/http/series_history.hpp"

#include <functional>
#include <string>
#include <variant>

/// `/api/series`: what is asked there and what it answers (docs/http_api.md).
namespace neurocards::series_page {

constexpr std::string_view path = "/api/series";

struct query {
  std::vector<std::string> names; // empty: which there are
  std::chrono::seconds since{};
};

/// Reads a request; a text says what is wrong with it.
std::variant<query, std::string> parse(const http_server::request&);

/// One series as an object.
std::string compose(const query&, const std::vector<series_history::answer>&);

std::string compose_names(const std::vector<std::string>&);

} // namespace neurocards::series_page
