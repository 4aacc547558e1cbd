#pragma once

#include "base/http_server.hpp"
#include "protocol/errors.hpp"
#include "protocol/store/operators.hpp"

#include <string>
#include <variant>

/// The routes on which operators read lists and act (docs/http_api.md): what is asked there, and
/// how the database's word becomes an answer. Knows no actors.
namespace neurocards::operators_api {

constexpr std::string_view jobs_path = "/api/jobs";
constexpr std::string_view errors_path = "/api/errors";
constexpr std::string_view actions_path = "/api/actions";
constexpr std::string_view job_actions_path = "/api/jobs/actions";
constexpr std::string_view queue_path = "/api/queue";
constexpr std::string_view keys_below = "/api/keys/";     // FINGERPRINT
constexpr std::string_view models_below = "/api/models/"; // SLUG, which may have slashes
constexpr std::string_view nodes_below = "/api/nodes/";   // NAME

/// What a request may bring: a thousand IDs.
constexpr size_t most_body = 64U << 10;

using question = std::variant<store::jobs_page, store::errors_page, store::actions_page,
                              store::act_on_jobs, store::pull_lever>;

struct answer {
  int status = 200;
  std::string json;
};

/// An answer that says what is wrong.
answer refusal(int status, std::string_view reason);

/// Reads a request to one of the paths above; an answer: it cannot be done.
/// `pull_lever::configured` stays empty: the node knows.
std::variant<question, answer> parse(const http_server::request&);

/// Whether it is done or only read.
bool acts(const question&);

/// What the database said to it.
answer compose(const question&, const std::string& json);

/// It did not do it. `sqlstate` empty: none is known.
answer compose_failure(ec code, const std::string& reason, std::string_view sqlstate);

/// Reads a POST: the routes that act.
std::variant<question, answer> parse_action(const http_server::request&);

} // namespace neurocards::operators_api
