#include "domain/openai_errors.hpp"

#include "domain/provider_words.hpp"

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
  reaction wanted;
  bool alert;
};

/// What this service says and no other does.
constexpr std::array own_rows = {
  row{0, "context_length_exceeded", reaction::template_now, false},
  row{0, "request too large", reaction::template_now, false},
  row{400, "unsupported_parameter", reaction::without_param, true},
  row{400, "unsupported_value", reaction::without_param, true},
  row{400, "unsupported parameter", reaction::without_param, true},
  row{400, "unsupported value", reaction::without_param, true},
};

/// Where words tell nothing.
constexpr std::array status_rows = {
  row{401, "", reaction::break_circuit, true}, row{403, "", reaction::break_circuit, true},
  row{404, "", reaction::next_model, true},    row{400, "", reaction::template_now, true},
  row{413, "", reaction::template_now, false}, row{422, "", reaction::template_now, true},
  row{408, "", reaction::retry, false},        row{409, "", reaction::retry, false},
  row{429, "", reaction::retry, false},
};

/// What the words of every provider (domain/provider_words) mean for a script. They stand before
/// statuses, because 429 means both "slower, please" and "out of money".
std::optional<row> row_of(words::topic x) {
  using words::topic;
  if (words::is_refusal(x))
    return row{0, "", reaction::template_now, false};
  switch (x) {
    case topic::no_money:
    case topic::key_spent:
      return row{0, "", reaction::break_for_long, true};
    case topic::key_refused:
    case topic::front_refused:
    case topic::region:
      return row{0, "", reaction::break_circuit, true};
    case topic::model_paused:
    case topic::model_unknown:
      return row{0, "", reaction::next_model, true};
    default:
      return std::nullopt; // its status says as much
  }
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::optional<row> find_row(const signal& x) {
  const std::string said = x.type + " " + x.code + " " + x.message;
  const std::string text = lower(said);
  const auto in = [&](const auto& rows) -> std::optional<row> {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const row& r) {
      return (r.status == 0 || r.status == x.status) && text.find(r.word) != std::string::npos;
    });
    return found == rows.end() ? std::nullopt : std::optional{*found};
  };
  if (const auto own = in(own_rows))
    return own;
  if (const auto topic = words::topic_of(said))
    if (const auto known = row_of(*topic))
      return known;
  return in(status_rows);
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
    result.reaction = reaction::template_now;
  else if (wish)
    result.wait = milliseconds{static_cast<int64_t>(*wish)};
  return result;
}

} // namespace

std::string to_string(reaction x) {
  constexpr std::array names = {"retry",      "template", "without_param",
                                "next_model", "break",    "break_for_long"};
  return names[static_cast<size_t>(x)];
}

verdict classify(const signal& x) {
  if (x.outcome == http::outcome::not_sent || x.outcome == http::outcome::interrupted)
    return transient(x);
  if (x.outcome == http::outcome::not_started) {
    verdict again = transient(x);
    again.counts = false; // our own queue says nothing of the service
    return again;
  }
  if (x.outcome != http::outcome::answered)
    return {};
  verdict result;
  if (const auto found = find_row(x))
    result = {found->wanted, std::nullopt, found->alert, false};
  else if (x.status >= 500)
    result.reaction = reaction::retry;
  if (result.reaction == reaction::without_param && x.param.empty())
    result.reaction = reaction::template_now;
  // The server knows best whether the very same request can pass (as the official clients read it).
  if (x.should_retry == "true" && result.reaction == reaction::template_now)
    result.reaction = reaction::retry;
  if (x.should_retry == "false" && result.reaction == reaction::retry)
    return {reaction::template_now, std::nullopt, result.alert, true};
  return result.reaction == reaction::retry ? transient(x) : result;
}

bool is_about_pictures(const signal& x) {
  const auto text = lower(x.code + " " + x.param + " " + x.message);
  return x.outcome == http::outcome::answered && x.status >= 400 && x.status < 500
         && (text.find("image") != std::string::npos || text.find("vision") != std::string::npos
             || text.find("multimodal") != std::string::npos);
}

milliseconds pause_before(int n, double random) {
  double wait = 500;
  for (int i = 2; i < n && wait < 8'000; ++i)
    wait *= 2;
  return milliseconds{
    static_cast<int64_t>(std::min(wait, 8'000.0) * (1 - 0.25 * std::clamp(random, 0.0, 1.0)))};
}

} // namespace neurocards::openai
