#include "domain/kie_errors.hpp"

#include "domain/markup.hpp"

#include <algorithm>
#include <array>

namespace neurocards::kie {

namespace {

constexpr size_t raw_bytes = 500;

// ── matching ─────────────────────────────────────────────────────────────────────────────────────

/// `word` stands in `text` as it is written here: a letter or digit at either end of it must not go
/// on in the text, except that `*` at the end allows any ending ("violat*").
bool mentions(std::string_view text, std::string_view word) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool open_end = word.ends_with('*');
  word.remove_suffix(open_end ? 1 : 0);
  for (size_t i = text.find(word); i != std::string_view::npos; i = text.find(word, i + 1)) {
    const size_t end = i + word.size();
    const bool begins = i == 0 || !is_word(text[i - 1]) || !is_word(word.front());
    const bool ends =
      open_end || end == text.size() || !is_word(text[end]) || !is_word(word.back());
    if (begins && ends)
      return true;
  }
  return false;
}

/// Everything KIE said, in lower case; failCode and failMsg can be swapped, so both are text here.
std::string words_of(const signal& x) {
  std::string text = x.fail_code + " " + x.fail_msg + " " + x.message;
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// A text that is nothing but a number of three digits; 0 otherwise.
int as_code(std::string_view text) {
  text = markup::trimmed(text);
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 999)
      return 0;
    value = value * 10 + (c - '0');
  }
  return text.size() == 3 ? value : 0;
}

/// The code that counts: the task's own, else the body's, else the status.
int code_of(const signal& x) {
  for (const int code : {as_code(x.fail_code), as_code(x.fail_msg)})
    if (code != 0)
      return code;
  if (x.from == call::task)
    return 0; // 200 and 501 are the envelope's
  if (x.json && x.code != 0 && x.code != 200)
    return x.code;
  return x.status == 200 ? 0 : x.status;
}

// ── the table ────────────────────────────────────────────────────────────────────────────────────
// From top to bottom, the first row that matches wins: text stands before numbers, because KIE
// sends "paused", "no money", "missing field" and "internal error" all as 500.

struct row {
  const char* name;
  failure_class cls;
  rests rest = rests::nothing;
  bool alert = false;
  bool check_image = false;
  std::array<std::string_view, 16> any_of{};    // words; one suffices
  std::array<std::string_view, 6> and_any_of{}; // if given, one of these as well
  std::array<int, 8> codes{};                   // or one of these numbers, text regardless
};

constexpr auto temporary = failure_class::temporary;
constexpr auto violates = failure_class::user_violation;

constexpr std::array rows = {
  row{"model_paused",
      failure_class::model_down,
      rests::model,
      true,
      false,
      {"temporarily paused", "interface is paused", "model is paused", "has been discontinued"}},
  row{"model_unknown",
      failure_class::model_down,
      rests::model,
      true,
      false,
      {"model name you specified is not supported", "does not exist or is not published",
       "model not found", "model is not supported", "unsupported model"},
      {},
      {505}},
  row{"key_spent", // the sub-key's own limit; the account may have money
      failure_class::billing,
      rests::key,
      true,
      false,
      {"spending limit", "sub-key"},
      {},
      {433}},
  row{"no_money",
      failure_class::billing,
      rests::account,
      true,
      false,
      {"credits insufficient", "insufficient credit*", "insufficient balance",
       "balance isn't enough", "balance is not enough", "not enough credit*", "top up"},
      {},
      {402}},
  row{"rate_limit",
      failure_class::rate_limit,
      rests::account, // KIE counts creations per account, whichever of its keys makes them
      false,
      false,
      {"rate limit*", "too many requests", "requests per*", "concurrent limit", "concurrency limit",
       "frequency limit"},
      {},
      {429}},
  row{"real_people",
      violates,
      {},
      false,
      false,
      {"photorealistic people", "contains faces", "contains a face", "real person", "real people",
       "public figure*"}},
  row{"guardrails", violates, {}, false, false, {"guardrail*"}},
  row{"policy",
      violates,
      {},
      false,
      false,
      {"content polic*", "content_polic*", "usage polic*", "may violate", "violating", "violates",
       "policy violation", "suggestive or racy", "prohibited content", "flagged", "moderation*",
       "moderated", "sensitive", "nsfw", "unsafe image", "inappropriate"}},
  row{"google_safety",
      violates,
      {},
      false,
      false,
      {"public_error_*"},
      {"prominent_people*", "safety*", "person_generation*", "audio_filtered*", "unsafe*",
       "sexual*"}},
  row{"english_only", violates, {}, false, false, {"only english prompts"}},
  row{"image_unreadable",
      violates,
      {},
      false,
      true,
      {"failed to fetch the image", "failed to get the file information", "file type not supported",
       "image fetch failed", "unable to download image"}},
  row{"image_unfit",
      violates,
      {},
      false,
      true,
      {"image*"},
      {"too large", "too small", "size*", "format", "dimensions", "resolution"}},
  row{"invalid_prompt", violates, {}, false, false, {"invalid prompt", "invalid image"}},
  row{"our_request",
      failure_class::unknown,
      {},
      true,
      false,
      {"is required", "exceeds range", "cannot be empty", "is not within the range",
       "invalid parameter*", "parameter error", "exceeds the maximum length", "too long"}},
  row{"task_unknown", temporary, {}, false, false, {"recordinfo is null", "task not found"}},
  row{"front_refused_client",
      failure_class::key_refused,
      rests::key,
      true,
      false,
      {"error code: 1010"}},
  row{
    "key_refused",
    failure_class::key_refused,
    rests::key,
    true,
    false,
    {"do not have access permissions", "unauthorized", "authentication failed", "invalid api key"},
    {},
    {401}},
  row{"service_trouble",
      temporary,
      {},
      false,
      false,
      {"internal error", "internal server error", "server exception", "server error",
       "service unavailable", "try again*", "heavy load", "overload*", "timeout", "timed out",
       "being maintained", "maintenance", "busy", "high demand", "people are using"}},
  row{"forbidden", failure_class::key_refused, rests::key, true, false, {}, {}, {403}},
  row{"not_found", failure_class::model_down, rests::model, true, false, {}, {}, {404}},
  row{
    "trouble_by_number", temporary, {}, false, false, {}, {}, {408, 455, 500, 501, 502, 503, 504}},
};

constexpr row bad_request{"bad_request", failure_class::unknown, {}, true};
constexpr row task_refused{"task_refused", violates}; // 400 and 422 of a task that KIE had accepted
constexpr row task_trouble{"task_trouble", temporary};
constexpr row no_answer{"no_answer", temporary};
constexpr row gateway{"gateway", temporary};
constexpr row unreadable{"unreadable", temporary, {}, true}; // no verdict: fails no order by itself
constexpr row in_doubt{"in_doubt", temporary};
constexpr row own_fault{"own_fault", temporary, {}, true};
constexpr row anything_else{"anything_else", failure_class::unknown};

template <size_t N>
bool any(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return !word.empty() && mentions(text, word); });
}

bool matches(const row& x, std::string_view text, int code) {
  if (code != 0 && std::find(x.codes.begin(), x.codes.end(), code) != x.codes.end())
    return true;
  return any(x.any_of, text) && (x.and_any_of.front().empty() || any(x.and_any_of, text));
}

const row* find_in_table(const signal& x) {
  const std::string text = words_of(x);
  const int code = code_of(x);
  const auto find = [&](auto wanted) -> const row* {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const row& candidate) {
      return wanted(candidate) && matches(candidate, text, code);
    });
    return found == rows.end() ? nullptr : &*found;
  };
  // "not enough credits" may be what the user wrote, and the refusal what stands around it.
  if (x.from == call::task)
    if (const row* refusal = find([](const row& y) { return y.cls == violates; }))
      return refusal;
  return find([](const row&) { return true; });
}

/// An answer in which KIE neither refuses nor says what we asked for.
bool says_nothing(const signal& x) {
  if (x.how == http::outcome::too_large)
    return x.from != call::download;
  return !x.json || (x.status >= 200 && x.status < 300 && (x.code == 0 || x.code == 200));
}

const row& find_row(const signal& x) {
  if (x.how == http::outcome::not_sent || x.how == http::outcome::interrupted
      || x.how == http::outcome::not_started)
    return no_answer;
  if (x.how == http::outcome::local_fault)
    return own_fault;
  if (x.how != http::outcome::answered)
    return says_nothing(x) && x.how == http::outcome::too_large ? unreadable : anything_else;
  if (const row* found = find_in_table(x))
    return *found;
  const int code = code_of(x);
  if ((code >= 505 && code < 600) || (code == 0 && x.status >= 500))
    return gateway;
  if (x.from == call::download && code != 0)
    return gateway; // the file host, not the API: a fresh link may do
  if (x.from == call::task)
    return code == 400 || code == 422 ? task_refused : anything_else;
  if (says_nothing(x))
    return unreadable;
  return code == 400 || code == 422 ? bad_request : anything_else;
}

/// Whether a creation that ended so may have made a task all the same.
bool maybe_created(const signal& x, const row& found) {
  if (x.from != call::create_task)
    return false;
  if (x.how == http::outcome::interrupted || x.how == http::outcome::too_large)
    return true;
  const bool taken = x.status >= 200 && x.status < 300;
  const bool telling = taken && !found.any_of.front().empty(); // by its words: it has no number
  const bool refused = x.json && ((x.code != 0 && x.code != 200) || telling);
  return x.how == http::outcome::answered && (taken || x.status >= 500) && !refused;
}

/// What a row means in the mouth of a task or of another call than a creation.
row bounded(row found, call from) {
  found.alert = found.alert && from != call::task; // a user might have written it
  if (found.rest == rests::nothing || from == call::create_task)
    return found;
  if (from == call::task) {
    const bool limited = found.cls == failure_class::rate_limit;
    const bool of_model = found.rest == rests::model;
    row result = task_trouble;
    result.cls = limited ? found.cls : temporary;
    result.rest = of_model ? rests::model_if_others_agree : rests::nothing;
    result.name = found.name;
    return result;
  }
  return from == call::download || found.rest == rests::model ? gateway : found;
}

const char* name_of(call x) {
  constexpr std::array names = {"createTask", "recordInfo", "upload",
                                "download",   "credit",     "task failed"};
  return names[static_cast<size_t>(x)];
}

} // namespace

verdict classify(const signal& x) {
  verdict result;
  const row& matched = find_row(x);
  result.maybe_created = maybe_created(x, matched);
  const row found = result.maybe_created ? in_doubt : bounded(matched, x.from);
  result.cls = found.cls;
  result.rest = found.rest;
  result.alert = found.alert;
  result.check_image = found.check_image;
  result.not_yet_known =
    x.from == call::record_info && std::string_view{found.name} == "task_unknown";
  result.rule = found.name;
  return result;
}

std::string raw_signal(const signal& x) {
  std::string text = x.fail_code;
  for (const std::string& part : {x.fail_msg, x.message})
    if (!part.empty())
      text += (text.empty() ? "" : " | ") + part;
  text = markup::clean(text);
  size_t end = std::min(text.size(), raw_bytes);
  while (end > 0 && end < text.size() && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80)
    --end; // not within a character
  text.resize(end);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string describe(const signal& x) {
  std::string text = name_of(x.from);
  if (x.from == call::task) // the envelope says nothing
    return text + ": " + raw_signal(x);
  switch (x.how) {
    case http::outcome::answered:
      text += ": HTTP " + std::to_string(x.status);
      break;
    case http::outcome::not_sent:
      text += ": no connection";
      break;
    case http::outcome::interrupted:
      text += ": no answer";
      break;
    case http::outcome::too_large:
      text += ": answer too large";
      break;
    case http::outcome::forbidden_address:
      text += ": address not allowed";
      break;
    case http::outcome::local_fault:
      text += ": fault on our side";
      break;
    case http::outcome::not_started:
      text += ": waited on our side";
      break;
  }
  if (x.json && x.code != 0)
    text += ", code " + std::to_string(x.code);
  const std::string raw = raw_signal(x);
  return raw.empty() ? text : text + ": " + raw;
}

violation violation_of(const std::string& raw) {
  struct hint {
    violation what;
    std::array<std::string_view, 12> words;
  };
  static constexpr std::array hints = {
    hint{violation::language, {"only english prompts"}},
    hint{violation::people,
         {"photorealistic people", "faces", "a face", "real person", "real people",
          "public figure*", "prominent_people*", "person_generation*"}},
    hint{violation::third_party,
         {"third-party", "third party", "copyright*", "trademark*", "intellectual property"}},
    hint{violation::adult, {"nudity", "sexual*", "erotic", "nsfw", "racy", "suggestive"}},
    hint{violation::violence,
         {"violen*", "graphic content", "hate speech", "self-harm", "illegal activity", "weapon*"}},
    hint{violation::image,
         {"image fetch failed", "fetch the image", "file information", "file type", "image size",
          "image format", "unsafe image", "invalid image"}},
  };
  signal said;
  said.message = raw;
  const std::string text = words_of(said);
  for (const hint& x : hints)
    if (any(x.words, text))
      return x.what;
  return violation::unspecific;
}

} // namespace neurocards::kie
