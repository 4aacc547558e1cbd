#include "clients/kie.hpp"

#include "clients/crypto.hpp"
#include "clients/wire_json.hpp"
#include "domain/retry.hpp"
#include "domain/videos.hpp"
#include "domain/word_match.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace neurocards::kie {

namespace {

using wire::element;
using maybe = std::optional<element>;

constexpr size_t text_limit = 500; // bytes of KIE's words that are kept
constexpr int success_code = 200;
constexpr double most_credits = 100'000; // no clip costs 500 $

std::string cut(std::string_view text) {
  return wire::excerpt(text, text_limit);
}

/// The first of several spellings that holds a value.
std::string first_text(maybe x, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (auto text = wire::loose_text(wire::member(x, name)); !text.empty())
      return text;
  return {};
}

/// Likewise, and of an object or a list all it says: words may be packed as their makers sent them.
std::string first_words(maybe x, std::initializer_list<std::string_view> names) {
  auto text = first_text(x, names);
  for (const auto name : names)
    if (const auto packed = wire::member(x, name);
        packed && text.empty() && (packed->is_object() || packed->is_array()))
      text = wire::compact(*packed);
  return text;
}

signal to_signal(call from, const http::response& response, maybe root) {
  signal result;
  result.from = from;
  result.outcome = response.outcome;
  if (response.outcome != http::outcome::answered) {
    result.message = cut(response.error);
    return result;
  }
  result.status = response.status;
  result.retry_after = retry::parse_retry_after(response.retry_after);
  result.json = wire::is_object(root);
  if (!result.json) {
    result.message = cut(response.body);
    return result;
  }
  const auto code = wire::integer(wire::member(root, "code")).value_or(0);
  result.code = static_cast<int>(std::clamp<int64_t>(code, -1, 99'999));
  result.message = cut(first_words(root, {"msg", "message", "error"}));
  return result;
}

/// The document of an answer; without root unless one came.
wire::document read(const http::response& response, wire::cut_rule cut = wire::cut_rule::refuse) {
  const bool came = response.outcome == http::outcome::answered;
  return wire::document{came ? std::string_view{response.body} : std::string_view{}, cut};
}

bool accepted(const signal& x) {
  return x.outcome == http::outcome::answered && x.status >= 200 && x.status < 300 && x.json
         && (x.code == success_code || x.code == 0);
}

/// Whether something can be fetched from there at all: an address holds neither blanks nor line
/// ends.
bool web_address(const std::string& url) {
  return (url.starts_with("https://") || url.starts_with("http://"))
         && std::ranges::none_of(url, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

/// What a task took, as far as its record says something a price can be.
std::optional<double> credits_of(maybe data) {
  const auto credits = wire::number(wire::member(data, "creditsConsumed"));
  return credits && *credits >= 0 && *credits <= most_credits ? credits : std::nullopt;
}

/// resultUrls[0] of `resultJson`, which is JSON in a string, or (seen as well) an object.
task_state to_success(maybe data) {
  const auto packed = wire::member(data, "resultJson");
  const wire::document inner{wire::text(packed)};
  const auto content = wire::is_object(packed) ? packed : inner.root();
  const auto urls = wire::array(wire::member(content, "resultUrls"));
  if (!urls)
    return without_result{"resultJson cannot be read: " + cut(wire::loose_text(packed))};
  if (urls->empty())
    return without_result{"resultJson.resultUrls is empty"};
  auto url = wire::text(urls->front());
  if (!web_address(url))
    return without_result{"resultJson.resultUrls[0] is no web address"};
  return succeeded{std::move(url), credits_of(data)};
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
    envelope.fail_code = cut(words::without_echo(first_words(data, {"failCode"}), prompt));
    envelope.fail_msg = cut(words::without_echo(first_words(data, {"failMsg"}), prompt));
    return failed{std::move(envelope), std::holds_alternative<succeeded>(to_success(data))};
  }
  if (state.empty())
    return poll_failed{std::move(envelope)};
  in_progress result{cut(state), std::nullopt};
  if (const auto percent = wire::number(wire::member(data, "progress")))
    result.progress = static_cast<int>(std::clamp(*percent, 0.0, 100.0));
  return result;
}

} // namespace

key_fingerprint fingerprint(const secret& key) {
  return key_fingerprint{crypto::hex(crypto::sha256(key.reveal())).substr(0, 16)};
}

bool is_task_id(const std::string& x) {
  constexpr size_t longest = 128; // KIE's have 32 to 36 characters
  return !x.empty() && x.size() <= longest
         && std::all_of(x.begin(), x.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

create_result parse_created(const http::response& response) {
  const auto doc = read(response, wire::cut_rule::close); // the id may be there
  auto envelope = to_signal(call::create_task, response, doc.root());
  const auto data = wire::member(doc.root(), "data");
  auto task = first_text(data, {"taskId", "task_id", "recordId"});
  if (!is_task_id(task)) // what cannot be one says nothing of whether a task exists
    return envelope;
  return created{kie_task_id{std::move(task)}, envelope.code};
}

task_state parse_record_info(const http::response& response) {
  const auto doc = read(response);
  return to_state(wire::member(doc.root(), "data"),
                  to_signal(call::record_info, response, doc.root()));
}

bool contradicts_itself(const task_state& state) {
  if (std::holds_alternative<without_result>(state))
    return true;
  const auto* end = std::get_if<failed>(&state);
  if (end == nullptr)
    return false;
  const auto& code = end->reason.fail_code;
  const bool says_nothing =
    end->reason.fail_msg.empty() && (code.empty() || code == "0" || code == "200");
  return says_nothing || end->has_result;
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
  return callback{kie_task_id{std::move(task)},
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

bool signature_valid(const secret& webhook_key, const kie_task_id& task, std::string_view timestamp,
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

url_result parse_download_url(const http::response& response) {
  const auto doc = read(response);
  auto envelope = to_signal(call::download, response, doc.root());
  auto url = wire::text(doc.root(), "data");
  if (!accepted(envelope) || !web_address(url))
    return envelope;
  return url;
}

url_result parse_upload(const http::response& response) {
  const auto doc = read(response);
  auto envelope = to_signal(call::upload, response, doc.root());
  auto url = wire::text(wire::member(doc.root(), "data"), "downloadUrl");
  if (!accepted(envelope) || !web_address(url))
    return envelope;
  return url;
}

bool brought_video(const http::response& response) {
  return response.ok() && videos::is_video(response.prefix);
}

signal download_signal(const http::response& response) {
  const auto doc = read(response);
  return to_signal(call::download, response, doc.root());
}

} // namespace neurocards::kie
