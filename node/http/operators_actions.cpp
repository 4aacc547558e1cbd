#include "domain/job_filter.hpp"
#include "node/http/operators_api.hpp"
#include "node/http/token.hpp"
#include "node/operators.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

/// Reads what an operator wants to be done.
namespace neurocards::operators_api {

namespace {

using nlohmann::json;
using parsed = std::variant<question, answer>;

constexpr size_t most_jobs = 1000;
constexpr size_t longest_reason = 1000;
constexpr size_t longest_name = 64;

/// A text of the body; empty: it is missing or no text.
std::string text_of(const json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// As he calls himself, or as his browser knows him, and from where.
std::string operator_name(const http_server::request& r, const json& body) {
  auto name = text_of(body, "operator");
  if (operators::is_blank(name))
    name = shown_user(r.header("Authorization"));
  std::erase_if(name, [](unsigned char c) { return c < ' '; });
  if (operators::is_blank(name))
    name = "http";
  return name.substr(0, longest_name) + "@" + r.remote;
}

/// IDs in the order in which they stand, each once; what is wrong with them.
std::string read_ids(const json& from, std::vector<job_id>& to) {
  if (!from.is_array() || from.empty() || from.size() > most_jobs)
    return "ids: write a list of 1 to 1000 jobs";
  for (const auto& x : from) {
    const auto id = x.is_string() ? uuid::parse(x.get<std::string>()) : std::nullopt;
    if (!id)
      return "ids: every one has the form 01234567-89ab-cdef-0123-456789abcdef";
    if (std::ranges::find(to, job_id{*id}) == to.end())
      to.push_back(job_id{*id});
  }
  return {};
}

std::string read_filter(const json& body, store::act_on_jobs& to) {
  const auto& given = body["filter"];
  if (!given.is_object())
    return "filter: write an object, as {\"status\":\"queued\"}";
  std::map<std::string, std::string> terms;
  for (const auto& [key, value] : given.items())
    terms[key] = value.is_string() ? value.get<std::string>() : value.dump();
  const auto filter = job_filter::for_action(terms);
  if (!filter.fault.empty())
    return "filter: " + filter.fault;
  if (to.action == job_action::resend)
    return "filter: it means jobs that have not ended; name those to resend by ids";
  const auto expected = body.find("expected");
  if (expected == body.end() || !expected->is_number_unsigned() || *expected > most_jobs)
    return "expected: write how many jobs the filter means, 1000 at most";
  to.filter = json(filter.terms).dump(-1, ' ', false, json::error_handler_t::replace);
  to.expected = expected->get<int>();
  return {};
}

parsed parse_job_actions(const json& body, store::operator_note by) {
  const auto action = parse_job_action(text_of(body, "action"));
  if (!action)
    return refusal(400, "action: write one of " + job_action_words());
  if (body.contains("ids") == body.contains("filter"))
    return refusal(400, "write either ids or filter");
  store::act_on_jobs result;
  result.action = *action;
  result.by = std::move(by);
  const auto fault =
    body.contains("ids") ? read_ids(body["ids"], result.jobs) : read_filter(body, result);
  if (!fault.empty())
    return refusal(400, fault);
  return result;
}

parsed parse_lever(lever_subject subject, std::string name, const json& body,
                   store::operator_note by) {
  const auto action = parse_lever_action(text_of(body, "action"), subject);
  if (!action)
    return refusal(400, "action: write one of " + lever_action_words(subject));
  if (subject != lever_subject::queue && name.empty())
    return refusal(404, "name the " + std::string{to_string(subject)} + " in the path");
  store::pull_lever result{subject, std::move(name), *action, {}, std::move(by), {}};
  if (!body.contains("for"))
    return result;
  std::chrono::milliseconds limit{};
  if (result.action != lever_action::pause)
    return refusal(400, "for: only a pause has an end");
  if (const auto fault = operators::read_length(text_of(body, "for"), limit); !fault.empty())
    return refusal(400, "for: " + fault);
  result.limit = limit;
  return result;
}

} // namespace

std::variant<question, answer> parse_action(const http_server::request& r) {
  const auto body = json::parse(r.body, nullptr, false);
  if (!body.is_object())
    return refusal(400, "the body must be a JSON object");
  store::operator_note by{operator_name(r, body), text_of(body, "reason")};
  if (operators::is_blank(by.reason) || by.reason.size() > longest_reason)
    return refusal(400, "reason: say why you do this, in 1000 characters at most");
  if (r.path == job_actions_path)
    return parse_job_actions(body, std::move(by));
  if (r.path == queue_path)
    return parse_lever(lever_subject::queue, {}, body, std::move(by));
  constexpr std::array<std::pair<std::string_view, lever_subject>, 3> named{
    {{keys_below, lever_subject::key},
     {models_below, lever_subject::model},
     {nodes_below, lever_subject::node}}};
  for (const auto& [prefix, subject] : named)
    if (r.path.starts_with(prefix))
      return parse_lever(subject, r.path.substr(prefix.size()), body, std::move(by));
  return refusal(404, "no such page");
}

} // namespace neurocards::operators_api
