#include "node/http/operators_api.hpp"

#include "domain/job_filter.hpp"
#include "domain/levers.hpp"
#include "node/http/number.hpp"
#include "node/operators.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::operators_api {

namespace {

using nlohmann::json;
using parsed = std::variant<question, answer>;

constexpr int default_limit = 50;
constexpr int greatest_limit = 200;
constexpr auto default_since = std::chrono::hours{24};
constexpr auto greatest_since = std::chrono::hours{168};

std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// What is wrong with it; empty: nothing.
std::string read_limit(const http_server::request& r, int& to) {
  to = default_limit;
  const auto text = r.param("limit");
  if (text.empty() || (read_number(text, to) && to >= 1 && to <= greatest_limit))
    return {};
  return "limit: write a number from 1 to " + std::to_string(greatest_limit);
}

/// Whether what users wrote may be in the answer: providers repeat it.
bool wants_texts(const http_server::request& r) {
  return r.param("texts") == "1";
}

parsed parse_jobs(const http_server::request& r) {
  std::map<std::string, std::string> terms;
  for (const auto* key : {"status", "class", "signal", "model", "node", "user", "q"})
    terms[key] = r.param(key);
  const auto filter = job_filter::for_list(terms);
  if (!filter.fault.empty())
    return refusal(400, filter.fault);
  store::jobs_page result;
  result.filter = dump(json(filter.terms));
  result.texts = wants_texts(r);
  if (const auto fault = read_limit(r, result.limit); !fault.empty())
    return refusal(400, fault);
  if (const auto before = r.param("before"); !before.empty()) {
    const auto id = uuid::parse(before);
    if (!id)
      return refusal(400, "before: write the ID that the page before told as next");
    result.before = job_id{*id};
  }
  return result;
}

parsed parse_errors(const http_server::request& r) {
  store::errors_page result{default_since, wants_texts(r)};
  const std::string since{r.param("since")};
  if (since.empty())
    return result;
  if (const auto fault = operators::read_length(since, result.since); !fault.empty())
    return refusal(400, "since: " + fault);
  if (result.since > greatest_since)
    return refusal(400, "since: write 168h at most");
  return result;
}

parsed parse_actions(const http_server::request& r) {
  store::actions_page result;
  if (const auto fault = read_limit(r, result.limit); !fault.empty())
    return refusal(400, fault);
  if (const auto target = r.param("target"); !target.empty())
    result.target = target;
  if (const auto before = r.param("before"); !before.empty()) {
    int64_t id = 0;
    if (!read_number(before, id))
      return refusal(400, "before: write the number that the page before told as next");
    result.before = id;
  }
  return result;
}

answer compose_lever(const store::pull_lever& asked, const json& said, const std::string& text) {
  const auto title =
    asked.name.empty() ? "the queue" : std::string{to_string(asked.subject)} + " " + asked.name;
  if (said.contains("known"))
    return refusal(404, levers::fault_of(asked.subject, asked.name,
                                         said["known"].get<std::vector<std::string>>()));
  if (said.value("done", false))
    return {200, text};
  return refusal(409, title + " is not paused");
}

answer compose_job_actions(const store::act_on_jobs& asked, const json& said) {
  if (said.contains("results"))
    return {200, dump({{"done", said["done"]}, {"results", said["results"]}})};
  const auto count = said.value("count", 0);
  return {409, dump({{"error", std::to_string(count) + " jobs match now, "
                                 + std::to_string(asked.expected) + " were expected"},
                     {"count", count}})};
}

} // namespace

answer refusal(int status, std::string_view reason) {
  return {status, dump({{"error", reason}})};
}

std::variant<question, answer> parse(const http_server::request& r) {
  if (r.path == jobs_path)
    return parse_jobs(r);
  if (r.path == errors_path)
    return parse_errors(r);
  if (r.path == actions_path)
    return parse_actions(r);
  return parse_action(r);
}

bool acts(const question& asked) {
  return std::holds_alternative<store::act_on_jobs>(asked)
         || std::holds_alternative<store::pull_lever>(asked);
}

answer compose(const question& asked, const std::string& text) {
  const auto* lever = std::get_if<store::pull_lever>(&asked);
  const auto* jobs = std::get_if<store::act_on_jobs>(&asked);
  if (!lever && !jobs)
    return {200, text};
  const auto said = json::parse(text, nullptr, false);
  if (!said.is_object())
    return refusal(503, "the database gave an answer that cannot be read");
  return lever ? compose_lever(*lever, said, text) : compose_job_actions(*jobs, said);
}

answer compose_failure(ec code, const std::string& reason, std::string_view sqlstate) {
  constexpr std::string_view another_count = "NC006";
  if (code == ec::rejected)
    return refusal(sqlstate == another_count ? 409 : 400, reason);
  return refusal(503, code == ec::timed_out || code == ec::overloaded
                        ? "the database is busy; nothing was done"
                        : "the database does not answer");
}

} // namespace neurocards::operators_api
