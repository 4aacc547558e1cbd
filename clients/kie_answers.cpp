#include "clients/kie.hpp"

#include "base/http_server.hpp"
#include "clients/crypto.hpp"
#include "clients/provider_answers.hpp"
#include "domain/prices.hpp"
#include "domain/word_match.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace neurocards::kie {

namespace {

using wire::element;
using maybe = std::optional<element>;

constexpr int success_code = 200;
constexpr double most_credits = 100'000; // no clip costs 500 $

bool accepted(const signal& x) {
  return x.outcome == http::outcome::answered && x.status >= 200 && x.status < 300 && x.json
         && (x.code == success_code || x.code == 0);
}

/// What a task took in US$, as far as its record says something a price can be.
std::optional<double> cost_of(maybe data) {
  const auto credits = wire::number(wire::member(data, "creditsConsumed"));
  if (!credits || *credits < 0 || *credits > most_credits)
    return std::nullopt;
  return prices::of_kie_credits(*credits);
}

/// resultUrls[0] of `resultJson`, which is JSON in a string, or (seen as well) an object.
task_state to_success(maybe data) {
  const auto packed = wire::member(data, "resultJson");
  const wire::document inner{wire::text(packed)};
  const auto content = wire::is_object(packed) ? packed : inner.root();
  const auto urls = wire::array(wire::member(content, "resultUrls"));
  if (!urls)
    return without_result{"resultJson cannot be read: " + excerpt(wire::loose_text(packed))};
  if (urls->empty())
    return without_result{"resultJson.resultUrls is empty"};
  auto url = wire::text(urls->front());
  if (!is_web_address(url))
    return without_result{"resultJson.resultUrls[0] is no web address"};
  return succeeded{std::move(url), cost_of(data)};
}

/// The prompt that the record says the task was made with.
std::string prompt_of(maybe data) {
  const auto packed = wire::member(data, "param");
  const wire::document inner{wire::text(packed)};
  const auto order = wire::is_object(packed) ? packed : inner.root();
  return wire::text(wire::member(order, "input"), "prompt");
}

bool is_one_of(const std::string& state, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const char* name) { return strcasecmp(state.c_str(), name) == 0; });
}

task_state to_state(maybe data, signal envelope) {
  auto state = wire::text(data, "state");
  // Two words are documented; others of KIE's endpoints, and other spellings, mean the same.
  if (is_one_of(state, {"success", "succeeded", "completed"}))
    return to_success(data);
  if (is_one_of(state, {"fail", "failed", "failure", "error"})) {
    envelope.from = call::task;
    const auto prompt = prompt_of(data);
    envelope.fail_code = excerpt(words::without_echo(first_words(data, {"failCode"}), prompt));
    envelope.fail_msg = excerpt(words::without_echo(first_words(data, {"failMsg"}), prompt));
    return failed{std::move(envelope), std::holds_alternative<succeeded>(to_success(data))};
  }
  if (state.empty())
    return poll_failed{std::move(envelope)};
  in_progress result{excerpt(state), std::nullopt};
  if (const auto percent = wire::number(wire::member(data, "progress")))
    result.progress = static_cast<int>(std::clamp(*percent, 0.0, 100.0));
  return result;
}

/// The model that a link to its page names in its query, as requests name it.
std::string slug_of_link(const std::string& link) {
  const auto query = link.find('?');
  const auto start = query == link.npos ? query : link.find("model=", query + 1);
  if (start == link.npos || (link[start - 1] != '?' && link[start - 1] != '&'))
    return {};
  const auto value = link.substr(start + 6);
  return percent_decode(value.substr(0, value.find_first_of("&#")));
}

/// The unit is a sentence with typing errors; what is neither for a second nor for a video is of no
/// model that makes videos as we order them.
std::optional<prices::listed> price_of(wire::element x) {
  const auto unit = wire::text(x, "creditUnit");
  const auto credits = wire::loose_text(wire::member(x, "creditPrice"));
  prices::listed result;
  result.slug = slug_of_link(wire::text(x, "anchor"));
  result.description = excerpt(wire::text(x, "modelDescription"));
  result.per_second = unit.find("sec") != unit.npos;
  const auto* end = credits.data() + credits.size();
  const auto [stop, error] = std::from_chars(credits.data(), end, result.credits);
  const bool read = error == std::errc{} && stop == end && result.credits > 0;
  const bool known = result.per_second || unit.find("vid") != unit.npos;
  return read && known && !result.slug.empty() ? std::optional{std::move(result)} : std::nullopt;
}

} // namespace

create_result parse_created(const http::response& response) {
  const auto doc = read(response, wire::cut_rule::close); // the id may be there
  auto envelope = to_signal(call::create_task, response, doc.root());
  const auto data = wire::member(doc.root(), "data");
  auto task = first_text(data, {"taskId", "task_id", "recordId"});
  if (!is_task_id(task)) // what cannot be one says nothing of whether a task exists
    return envelope;
  return created{task_id{std::move(task)}, envelope.code};
}

task_state parse_record_info(const http::response& response) {
  const auto doc = read(response);
  return to_state(wire::member(doc.root(), "data"),
                  to_signal(call::record_info, response, doc.root()));
}

std::optional<callback> parse_callback(std::string_view body) {
  const wire::document doc{body};
  const auto data = wire::member(doc.root(), "data");
  auto task = first_text(data, {"taskId", "task_id"});
  if (task.empty())
    return std::nullopt;
  http::response as_if;
  as_if.outcome = http::outcome::answered;
  as_if.status = success_code;
  return callback{task_id{std::move(task)},
                  to_state(data, to_signal(call::record_info, as_if, doc.root()))};
}

bool timestamp_fresh(std::string_view timestamp, std::chrono::system_clock::time_point now,
                     std::chrono::seconds tolerance) {
  int64_t seconds = 0;
  const auto* last = timestamp.data() + timestamp.size();
  const auto [end, error] = std::from_chars(timestamp.data(), last, seconds);
  if (error != std::errc{} || end != last)
    return false;
  const int64_t today =
    std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return seconds >= today - tolerance.count() && seconds <= today + tolerance.count();
}

bool signature_valid(const secret& webhook_key, const task_id& task, std::string_view timestamp,
                     std::string_view signature, std::chrono::system_clock::time_point now,
                     std::chrono::seconds tolerance) {
  if (webhook_key.empty() || !timestamp_fresh(timestamp, now, tolerance))
    return false;
  const auto expected = crypto::base64(
    crypto::hmac_sha256(webhook_key.reveal(), task.value + "." + std::string{timestamp}));
  return crypto::equal(expected, signature);
}

credit_result parse_credit(const http::response& response) {
  const auto doc = read(response);
  auto envelope = to_signal(call::credit, response, doc.root());
  const auto balance = wire::number(wire::member(doc.root(), "data"));
  if (!accepted(envelope) || !balance)
    return envelope;
  return *balance;
}

std::optional<price_page> parse_prices(const http::response& response) {
  const auto doc = read(response);
  const auto data = wire::member(doc.root(), "data");
  const auto records = wire::array(wire::member(data, "records"));
  if (!response.ok() || !records)
    return std::nullopt;
  price_page result;
  result.pages =
    static_cast<int>(std::clamp<int64_t>(wire::integer_or_zero(data, "pages"), 0, 1000));
  for (const auto& x : *records)
    if (auto row = price_of(x))
      result.rows.push_back(std::move(*row));
  return result;
}

url_result parse_download_url(const http::response& response) {
  const auto doc = read(response);
  auto envelope = to_signal(call::download, response, doc.root());
  auto url = wire::text(doc.root(), "data");
  if (!accepted(envelope) || !is_web_address(url))
    return envelope;
  return url;
}

url_result parse_upload(const http::response& response) {
  const auto doc = read(response);
  auto envelope = to_signal(call::upload, response, doc.root());
  auto url = wire::text(wire::member(doc.root(), "data"), "downloadUrl");
  if (!accepted(envelope) || !is_web_address(url))
    return envelope;
  return url;
}

} // namespace neurocards::kie
