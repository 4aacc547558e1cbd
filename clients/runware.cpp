#include "clients/runware.hpp"

#include "base/uuid.hpp"
#include "clients/provider_answers.hpp"
#include "domain/models.hpp"
#include "domain/runware_errors.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::runware {

namespace {

using nlohmann::json;
using provider::call;
using wire::element;

constexpr int64_t answer_limit = 1 << 20; // bytes

std::string text_of(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Where tasks are posted, and how.
struct endpoint {
  std::string url;
  std::chrono::milliseconds timeout;
  std::string proxy;

  http::request post(const char* label, const secret& key, std::string body) const {
    http::request result;
    result.method = "POST";
    result.url = url;
    result.label = label;
    result.headers = {{"Content-Type", "application/json"}};
    result.bearer = key;
    result.body = std::move(body);
    result.max_bytes = answer_limit;
    result.timeout = timeout;
    result.proxy = proxy;
    return result;
  }
};

std::string poll_body(const std::string& token) {
  return text_of(json::array({json{{"taskType", "getResponse"}, {"taskUUID", token}}}));
}

/// The entries of a list that are about our task; one that names no task is about all.
std::vector<element> about(std::optional<element> root, std::string_view list,
                           const std::string& token) {
  std::vector<element> result;
  for (const auto& x : wire::items(wire::member(root, list))) {
    const auto named = wire::text(x, "taskUUID");
    if (named.empty() || named == token)
      result.push_back(x);
  }
  return result;
}

/// What an answer says besides its data, with the first error that is about our task.
provider::signal signal_of(call from, const http::response& got, std::optional<element> root,
                           const std::string& token) {
  auto result = provider::to_signal(from, got, root);
  const auto errors = about(root, "errors", token);
  if (errors.empty())
    return result;
  result.fail_code = provider::excerpt(wire::loose_text(wire::member(errors.front(), "code")));
  result.message = provider::excerpt(wire::loose_text(wire::member(errors.front(), "message")));
  return result;
}

std::optional<double> cost_of(element x) {
  constexpr double most = 500; // US$; no clip costs that
  const auto cost = wire::number(wire::member(x, "cost"));
  return cost && *cost >= 0 && *cost <= most ? cost : std::nullopt;
}

provider::task_state to_state(element x) {
  const auto status = wire::text(x, "status");
  auto url = wire::text(x, "videoURL");
  if (provider::is_web_address(url))
    return provider::succeeded{std::move(url), cost_of(x)};
  if (status == "success")
    return provider::without_result{"videoURL is no web address"};
  return provider::in_progress{provider::excerpt(status), std::nullopt};
}

} // namespace

std::string creation_body(const provider::creation& wanted) {
  json task = {
    {"taskType", "videoInference"},
    {"taskUUID", wanted.token},
    {"model", wanted.model.slug},
    {"positivePrompt", models::bounded_prompt(wanted.model, wanted.prompt)},
    {"inputs", {{"frameImages", json::array({json{{"image", wanted.photo}, {"frame", "first"}}})}}},
    {"outputType", "URL"},
    {"outputFormat", "MP4"},
    {"deliveryMethod", "async"},
    {"includeCost", true},
    {"numberResults", 1}};
  if (wanted.model.duration > 0)
    task["duration"] = wanted.model.duration;
  for (const auto& [field, value] : wanted.model.input) {
    auto& place = field == "audio" ? task["settings"] : task; // the one that is nested
    place[field] = json::parse(value, nullptr, false);
  }
  return text_of(json::array({std::move(task)}));
}

provider::create_result parse_created(const http::response& got, const std::string& token) {
  const auto doc = provider::read(got, wire::cut_rule::close);
  auto said = signal_of(call::create_task, got, doc.root(), token);
  if (said.fail_code == known_task)
    return provider::created{task_id{token}};
  for (const auto& x : wire::items(wire::member(doc.root(), "data")))
    if (wire::text(x, "taskUUID") == token)
      return provider::created{task_id{token}};
  return said;
}

provider::task_state parse_poll(const http::response& got, const task_id& task) {
  const auto doc = provider::read(got);
  auto said = signal_of(call::record_info, got, doc.root(), task.value);
  for (const auto& x : wire::items(wire::member(doc.root(), "data")))
    if (wire::text(x, "taskUUID") == task.value && wire::text(x, "status") != "error")
      return to_state(x);
  const bool refused = got.outcome != http::outcome::answered || got.status == 401
                       || got.status == 403 || got.status == 429 || got.status >= 500;
  if (refused || !said.json || is_of_the_call(said.fail_code))
    return provider::poll_failed{std::move(said)};
  if (said.fail_code.empty() && said.message.empty())
    return provider::in_progress{"unknown or running", std::nullopt};
  said.from = call::task;
  said.fail_msg = std::exchange(said.message, {});
  return provider::failed{std::move(said), false};
}

provider::service service(const std::string& url, std::chrono::milliseconds timeout,
                          const std::string& proxy) {
  const endpoint to{url, timeout, proxy};
  provider::service result;
  result.name = "runware";
  result.create = [to](const secret& key, const provider::creation& wanted) {
    auto request = to.post("runware.create", key, creation_body(wanted));
    request.fresh = true; // so that no idle connection that is being closed makes its end unknown
    return request;
  };
  result.read_created = parse_created;
  result.poll = [to](const secret& key, const task_id& task) {
    return to.post("runware.poll", key, poll_body(task.value));
  };
  result.read_poll = parse_poll;
  result.classify = classify;
  result.could_not_fetch = [](const provider::signal&) { return false; }; // the photo is inside
  result.repeatable = true;
  result.photo_in_request = true;
  result.probe = [to](const secret& key) {
    return to.post("runware.probe", key, poll_body(to_string(uuid::random())));
  };
  result.read_probe = [](const http::response& got) -> std::optional<provider::signal> {
    const auto doc = provider::read(got);
    auto said = signal_of(call::credit, got, doc.root(), {});
    const bool answered = got.outcome == http::outcome::answered && said.json && got.status < 500;
    if (answered && got.status != 401 && got.status != 403 && got.status != 429
        && !is_of_the_call(said.fail_code))
      return std::nullopt; // that it does not know the task was to be expected
    return said;
  };
  return result;
}

} // namespace neurocards::runware
