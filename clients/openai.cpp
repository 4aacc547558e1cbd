#include "clients/openai.hpp"

#include "clients/sigv4.hpp"
#include "clients/wire_json.hpp"

#include <nlohmann/json.hpp>

#include <strings.h>

#include <utility>

namespace neurocards::openai {

namespace {

using maybe = std::optional<wire::element>;
using namespace std::chrono_literals;

constexpr size_t message_limit = 300; // bytes
constexpr int64_t answer_limit = 1 << 20;
constexpr auto check_timeout = 15s;

/// Error texts of the service quote the key: "Incorrect API key provided: sk-abc…".
std::string masked(std::string text) {
  for (size_t i = 0; (i = text.find("sk-", i)) != std::string::npos; i += 4) {
    const auto end = text.find_first_of(" .,;:\"'\n", i);
    text.replace(i, std::min(end, text.size()) - i, "sk-*");
  }
  return wire::excerpt(text, message_limit);
}

std::string header_of(const http::response& response, const char* name) {
  for (const auto& x : response.headers)
    if (strcasecmp(x.name.c_str(), name) == 0)
      return x.value;
  return {};
}

signal to_signal(const http::response& response, maybe root) {
  signal result;
  result.outcome = response.outcome;
  if (response.outcome != http::outcome::answered) {
    result.message = masked(response.error);
    return result;
  }
  result.status = response.status;
  result.should_retry = header_of(response, "x-should-retry");
  result.retry_after = response.retry_after;
  result.retry_after_ms = header_of(response, "retry-after-ms");
  const auto error = wire::member(root, "error");
  if (wire::is_object(error)) {
    result.type = wire::loose_text(wire::member(error, "type"));
    result.code = wire::loose_text(wire::member(error, "code"));
    result.param = wire::loose_text(wire::member(error, "param"));
    result.message = masked(wire::loose_text(wire::member(error, "message")));
    return result;
  }
  for (const char* name : {"error", "detail", "message"}) // servers that imitate the service
    if (const auto other = wire::member(root, name); other && result.message.empty())
      result.message = masked(other->is_string() ? wire::text(other) : wire::compact(*other));
  if (!root)
    result.message = masked(response.body);
  return result;
}

std::string trimmed(std::string text) {
  constexpr const char* blank = " \t\r\n";
  text.erase(0, std::min(text.find_first_not_of(blank), text.size()));
  text.erase(text.find_last_not_of(blank) + 1);
  return text;
}

/// Content is a text, or a list of parts of which the texts count.
std::string content_of(maybe message) {
  const auto content = wire::member(message, "content");
  std::string result = wire::text(content);
  for (const auto& part : wire::items(content))
    result += wire::text(part, "text");
  return trimmed(std::move(result));
}

completion::ending ending_of(maybe choice) {
  const auto message = wire::member(choice, "message");
  const auto reason = wire::text(choice, "finish_reason");
  if (!wire::text(message, "refusal").empty() || reason == "content_filter")
    return completion::ending::filtered;
  if (reason == "stop")
    return completion::ending::stop;
  return reason == "length" ? completion::ending::length : completion::ending::other;
}

/// A text, or with a photo a list of parts. "low": the model is given few of its pixels, and they
/// are cheap.
nlohmann::json user_content(const chat& x) {
  if (x.photo.empty())
    return x.user;
  nlohmann::json text = {{"type", "text"}, {"text", x.user}};
  nlohmann::json address = {{"url", x.photo}, {"detail", "low"}};
  nlohmann::json picture = {{"type", "image_url"}, {"image_url", std::move(address)}};
  return nlohmann::json::array({std::move(text), std::move(picture)});
}

} // namespace

std::vector<std::string> models_of(const config::openai& x) {
  return x.models.empty() ? std::vector<std::string>{x.model} : x.models;
}

chat_result parse_chat(const http::response& response) {
  const wire::document doc{response.ok() ? std::string_view{response.body} : std::string_view{}};
  const auto choices = wire::items(wire::member(doc.root(), "choices"));
  if (choices.empty()) {
    const bool came = response.outcome == http::outcome::answered;
    const wire::document error{came ? std::string_view{response.body} : std::string_view{}};
    return to_signal(response, error.root());
  }
  const auto& choice = choices.front();
  return completion{ending_of(choice), content_of(wire::member(choice, "message"))};
}

std::optional<signal> parse_check(const http::response& response) {
  const bool came = response.outcome == http::outcome::answered;
  const wire::document doc{came ? std::string_view{response.body} : std::string_view{}};
  if (response.ok() && wire::is_object(doc.root()))
    return std::nullopt;
  return to_signal(response, doc.root());
}

api::api(std::string base_url, secret key, std::string proxy)
  : base_url_(std::move(base_url)), key_(std::move(key)), proxy_(std::move(proxy)) {
  while (base_url_.ends_with('/'))
    base_url_.pop_back();
}

http::request api::complete(const chat& x, std::chrono::milliseconds timeout) const {
  nlohmann::json body{
    {"model", x.model},
    {"messages",
     {{{"role", "system"}, {"content", x.system}},
      {{"role", "user"}, {"content", user_content(x)}}}},
  };
  if (x.max_completion_tokens > 0)
    body["max_completion_tokens"] = x.max_completion_tokens;
  if (x.temperature)
    body["temperature"] = *x.temperature;
  if (!x.reasoning_effort.empty())
    body["reasoning_effort"] = x.reasoning_effort;
  if (!x.end_user.empty())
    body["safety_identifier"] = x.end_user;
  http::request result;
  result.method = "POST";
  result.url = base_url_ + "/chat/completions";
  result.label = "openai.complete";
  result.headers = {{"Content-Type", "application/json"}};
  result.bearer = key_;
  result.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  result.proxy = proxy_;
  result.max_bytes = answer_limit;
  result.timeout = timeout;
  return result;
}

http::request api::check(const std::string& model) const {
  http::request result;
  result.url = base_url_ + "/models";
  if (!model.empty())
    result.url += "/" + sigv4::encode_component(model);
  result.label = "openai.check";
  result.bearer = key_;
  result.proxy = proxy_;
  result.max_bytes = answer_limit;
  result.timeout = check_timeout;
  return result;
}

} // namespace neurocards::openai
