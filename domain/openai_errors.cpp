#include "domain/openai_errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace neurocards::openai {

namespace {

using std::chrono::milliseconds;

constexpr double longest_wait = 120'000; // ms; asked to wait longer, the template is quicker

struct row {
  int status;            // 0: any
  std::string_view word; // within type, code or message, lower case; empty: any
  reaction what;
  bool alert;
};

// From top to bottom, the first row that matches wins: codes before statuses, because 429 means
// both "slower, please" and "out of money".
constexpr std::array rows = {
  row{0, "insufficient_quota", reaction::break_for_long, true},
  row{0, "credit_balance_exhausted", reaction::break_for_long, true},
  row{0, "spend_limit_exceeded", reaction::break_for_long, true},
  row{0, "usage_limit_exceeded", reaction::break_for_long, true},
  row{0, "billing_hard_limit_reached", reaction::break_for_long, true},
  row{0, "unsupported_country_region_territory", reaction::break_circuit, true},
  row{0, "model_not_found", reaction::break_circuit, true},
  row{0, "invalid_api_key", reaction::break_circuit, true},
  row{0, "content_filter", reaction::template_now, false},
  row{0, "responsibleaipolicyviolation", reaction::template_now, false},
  row{0, "invalid_prompt", reaction::template_now, false},
  row{0, "context_length_exceeded", reaction::template_now, false},
  row{0, "request too large", reaction::template_now, false},
  row{400, "unsupported_parameter", reaction::without_param, true},
  row{400, "unsupported_value", reaction::without_param, true},
  row{400, "unsupported parameter", reaction::without_param, true},
  row{400, "unsupported value", reaction::without_param, true},
  row{401, "", reaction::break_circuit, true},
  row{403, "", reaction::break_circuit, true},
  row{404, "", reaction::break_circuit, true},
  row{400, "", reaction::template_now, true},
  row{413, "", reaction::template_now, false},
  row{422, "", reaction::template_now, true},
  row{408, "", reaction::retry, false},
  row{409, "", reaction::retry, false},
  row{429, "", reaction::retry, false},
};

std::string words_of(const signal& x) {
  std::string text = x.type + " " + x.code + " " + x.message;
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// Nullopt: absent, a date or nonsense.
std::optional<double> parse_number(const std::string& text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional{value} : std::nullopt;
}

std::optional<double> wished_wait(const signal& x) { // ms
  if (const auto ms = parse_number(x.retry_after_ms))
    return ms;
  if (const auto seconds = parse_number(x.retry_after))
    return *seconds * 1000;
  return std::nullopt;
}

verdict transient(const signal& x) {
  verdict result{reaction::retry, std::nullopt, false, true};
  const auto wish = wished_wait(x);
  if (wish && *wish > longest_wait)
    result.what = reaction::template_now;
  else if (wish)
    result.wait = milliseconds{static_cast<int64_t>(*wish)};
  return result;
}

} // namespace

std::string to_string(reaction x) {
  constexpr std::array names = {"retry", "template", "without_param", "break", "break_for_long"};
  return names[static_cast<size_t>(x)];
}

verdict classify(const signal& x) {
  if (x.how == http::outcome::not_sent || x.how == http::outcome::interrupted)
    return transient(x);
  if (x.how == http::outcome::not_started) {
    verdict again = transient(x);
    again.counts = false; // our own queue says nothing of the service
    return again;
  }
  if (x.how != http::outcome::answered)
    return {};
  const std::string text = words_of(x);
  verdict result;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const row& r) {
    return (r.status == 0 || r.status == x.status) && text.find(r.word) != std::string::npos;
  });
  if (found != rows.end())
    result = {found->what, std::nullopt, found->alert, false};
  else if (x.status >= 500)
    result.what = reaction::retry;
  if (result.what == reaction::without_param && x.param.empty())
    result.what = reaction::template_now;
  // The server knows best whether the very same request can pass (as the official clients read it).
  if (x.should_retry == "true" && result.what == reaction::template_now)
    result.what = reaction::retry;
  if (x.should_retry == "false" && result.what == reaction::retry)
    return {reaction::template_now, std::nullopt, result.alert, true};
  return result.what == reaction::retry ? transient(x) : result;
}

milliseconds pause_before(int n, double random) {
  double wait = 500;
  for (int i = 2; i < n && wait < 8'000; ++i)
    wait *= 2;
  return milliseconds{
    static_cast<int64_t>(std::min(wait, 8'000.0) * (1 - 0.25 * std::clamp(random, 0.0, 1.0)))};
}

} // namespace neurocards::openai
