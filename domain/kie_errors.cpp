#include "domain/kie_errors.hpp"

#include "domain/markup.hpp"
#include "domain/provider_words.hpp"
#include "domain/word_match.hpp"

#include <algorithm>
#include <optional>

namespace neurocards::kie {

namespace {

constexpr int photo_not_fetched = 451;

/// Everything KIE said; failCode and failMsg can be swapped, so both are text here.
std::string words_of(const signal& x) {
  return x.fail_code + " " + x.fail_msg + " " + x.message;
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
// What KIE's words mean (domain/provider_words) stands before its numbers: it sends "paused", "no
// money", "missing field" and "internal error" all as 500.

using words::topic;

struct row {
  const char* name;
  failure_class cls;
  cooldown_scope cooldown = cooldown_scope::nothing;
  bool alert = false;
};

constexpr auto temporary = failure_class::temporary;
constexpr auto violates = failure_class::user_violation;

row row_of(topic x) {
  const char* name = words::name_of(x);
  switch (x) {
    case topic::real_people:
    case topic::third_party:
    case topic::adult:
    case topic::violence:
    case topic::policy:
    case topic::language:
    case topic::unfit_image:
      return {name, violates};
    case topic::checker_trouble:
    case topic::unreachable: // our photo was checked when it came
    case topic::trouble:
    case topic::task_unknown:
      return {name, temporary};
    case topic::rate_limit: // KIE counts creations per account, whichever of its keys makes them
      return {name, failure_class::rate_limit, cooldown_scope::account};
    case topic::model_paused:
    case topic::model_unknown:
      return {name, failure_class::model_down, cooldown_scope::model, true};
    case topic::key_spent: // the sub-key's own limit; the account may have money
      return {name, failure_class::billing, cooldown_scope::key, true};
    case topic::no_money:
      return {name, failure_class::billing, cooldown_scope::account, true};
    case topic::key_refused:
    case topic::front_refused:
      return {name, failure_class::key_refused, cooldown_scope::key, true};
    case topic::region:
    case topic::our_request:
      return {name, failure_class::unknown, cooldown_scope::nothing, true};
  }
  return {name, failure_class::unknown};
}

/// Numbers that say what they mean, whatever stands beside them.
std::optional<topic> topic_of_number(int code) {
  switch (code) {
    case 505:
      return topic::model_unknown;
    case 433:
      return topic::key_spent;
    case 402:
      return topic::no_money;
    case 429:
      return topic::rate_limit;
    case photo_not_fetched:
      return topic::unreachable;
    case 401:
      return topic::key_refused;
    case 4030:
      return topic::region;
    default:
      return std::nullopt;
  }
}

/// Where words tell nothing.
std::optional<row> row_of_number(int code) {
  switch (code) {
    case 403:
      return row{"forbidden", failure_class::key_refused, cooldown_scope::key, true};
    case 404:
      return row{"not_found", failure_class::model_down, cooldown_scope::model, true};
    case 408:
    case 455:
    case 500:
    case 501:
    case 502:
    case 503:
    case 504:
      return row{"trouble_by_number", temporary};
    default:
      return std::nullopt;
  }
}

constexpr row bad_request{"bad_request", failure_class::unknown, {}, true};
constexpr row task_refused{"task_refused", violates}; // 400 and 422 of a task that KIE had accepted
constexpr row task_trouble{"task_trouble", temporary};
constexpr row no_answer{"no_answer", temporary};
constexpr row gateway{"gateway", temporary};
constexpr row unreadable{"unreadable", temporary, {}, true}; // no verdict: fails no order by itself
constexpr row may_exist{"in_doubt", temporary};
constexpr row own_fault{"own_fault", temporary, {}, true};
constexpr row anything_else{"anything_else", failure_class::unknown};

/// By words, then by numbers. A number that says what it means counts before words of mere trouble,
/// and before all but a refusal where a task might repeat what its user wrote.
std::optional<row> find_in_table(const signal& x) {
  const int code = code_of(x);
  const auto order = x.from == call::task ? words::order::refusals_first : words::order::as_listed;
  auto said = words::topic_of(words_of(x), order);
  if (said && words::is_refusal(*said) && !x.json)
    said.reset(); // a page of somebody on the way: nobody has decided on an order
  if (x.photo_uploaded && words::refuses_type(words_of(x)))
    said = topic::unfit_image; // of a link these words may mean its query
  const auto number = topic_of_number(code);
  if (said && (!number || (*said != topic::trouble && *said != topic::our_request)))
    return row_of(*said);
  if (number)
    return row_of(*number);
  return row_of_number(code);
}

/// An answer in which KIE neither refuses nor says what we asked for.
bool says_nothing(const signal& x) {
  if (x.outcome == http::outcome::too_large)
    return x.from != call::download;
  return !x.json || (x.status >= 200 && x.status < 300 && (x.code == 0 || x.code == 200));
}

row find_row(const signal& x) {
  if (x.outcome == http::outcome::not_sent || x.outcome == http::outcome::interrupted
      || x.outcome == http::outcome::not_started)
    return no_answer;
  if (x.outcome == http::outcome::local_fault)
    return own_fault;
  if (x.outcome != http::outcome::answered)
    return says_nothing(x) && x.outcome == http::outcome::too_large ? unreadable : anything_else;
  if (const auto found = find_in_table(x))
    return *found;
  const int code = code_of(x);
  if ((code >= 505 && code < 600) || (code == 0 && x.status >= 500))
    return gateway;
  if (x.from == call::download && code != 0)
    return gateway; // the file host, not the API: a fresh link may do
  if (x.from == call::task && (code == 400 || code == 422))
    return words::sounds_like_machine(words_of(x)) ? task_trouble : task_refused;
  if (x.from == call::task)
    return anything_else;
  if (says_nothing(x))
    return unreadable;
  return code == 400 || code == 422 ? bad_request : anything_else;
}

/// Whether a creation that ended so may have made a task all the same.
bool maybe_created(const signal& x) {
  if (x.from != call::create_task)
    return false;
  if (x.outcome == http::outcome::interrupted || x.outcome == http::outcome::too_large)
    return true;
  const bool taken = x.status >= 200 && x.status < 300;
  const bool telling = taken && words::topic_of(words_of(x)).has_value(); // it has no number
  const bool refused = x.json && ((x.code != 0 && x.code != 200) || telling);
  return x.outcome == http::outcome::answered && (taken || x.status >= 500) && !refused;
}

/// What a row means in the mouth of a task or of another call than a creation.
row bounded(row found, call from) {
  found.alert = found.alert && from != call::task; // a user might have written it
  if (found.cooldown == cooldown_scope::nothing || from == call::create_task)
    return found;
  if (from == call::task) {
    const bool limited = found.cls == failure_class::rate_limit;
    const bool of_model = found.cooldown == cooldown_scope::model;
    row result = task_trouble;
    result.cls = limited ? found.cls : temporary;
    result.cooldown = of_model ? cooldown_scope::model_if_others_agree : cooldown_scope::nothing;
    result.name = found.name;
    return result;
  }
  return from == call::download || found.cooldown == cooldown_scope::model ? gateway : found;
}

} // namespace

bool could_not_fetch(const signal& x) {
  if (!x.json)
    return false;
  const auto said = words::topic_of(words_of(x), words::order::as_listed);
  return said ? said == topic::unreachable : code_of(x) == photo_not_fetched;
}

verdict classify(const signal& x) {
  verdict result;
  result.maybe_created = maybe_created(x);
  const row found = result.maybe_created ? may_exist : bounded(find_row(x), x.from);
  result.cls = found.cls;
  result.cooldown = found.cooldown;
  result.alert = found.alert;
  result.not_yet_known =
    x.from == call::record_info && std::string_view{found.name} == "task_unknown";
  result.rule = found.name;
  const int code = code_of(x);
  result.recognised = (code == 0 ? "" : std::to_string(code) + " ") + found.name;
  return result;
}

} // namespace neurocards::kie
