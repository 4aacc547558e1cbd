#include "domain/runware_errors.hpp"

#include "domain/provider_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace neurocards::runware {

namespace {

using provider::call;
using provider::cooldown_scope;
using provider::signal;
using provider::verdict;

struct row {
  std::string_view code; // a `*` at its end stands for anything
  failure_class cls;
  cooldown_scope cooldown = cooldown_scope::nothing;
  bool alert = false;
};

constexpr auto temporary = failure_class::temporary;
constexpr auto violates = failure_class::user_violation;
constexpr auto model_down = failure_class::model_down;
constexpr auto of_key = cooldown_scope::key;
constexpr auto of_account = cooldown_scope::account;
constexpr auto of_model = cooldown_scope::model;

// In the order in which they are looked for: what begins with "provider" is the trouble of the
// maker behind Runware, but for a few.
constexpr std::array table{
  row{"rateLimitExceeded", failure_class::rate_limit, of_account},
  row{"inferenceRateLimitExceeded", failure_class::rate_limit, of_account},
  row{"providerRateLimitExceeded", failure_class::rate_limit, of_account},
  row{"insufficientCredits", failure_class::billing, of_account, true},
  row{"quotaExceeded", failure_class::billing, of_account, true},
  row{"paymentRequired", failure_class::billing, of_account, true},
  // Theirs, not ours: another model may do.
  row{"providerInsufficientCredits", temporary, of_model},
  row{"thirdPartyInsufficientCredits", temporary, of_model},
  row{"contentPolicyViolation", violates}, row{"providerContentPolicyViolation", violates},
  row{"sensitiveContentDetected", violates}, row{"nsfwContentDetected", violates},
  row{"unsafeContentDetected", violates}, row{"promptBlocked", violates},
  row{"imageBlocked", violates}, row{"moderationFailed", violates},
  row{"modelUnavailable", model_down, of_model, true},
  row{"modelDisabled", model_down, of_model, true},
  row{"modelNotFound", model_down, of_model, true},
  row{"modelNotReady", model_down, of_model, true}, row{"unknownModel", model_down, of_model, true},
  row{"invalidApiKey", failure_class::key_refused, of_key, true},
  row{"unauthorized", failure_class::key_refused, of_key, true},
  row{"accountSuspended", failure_class::key_refused, of_key, true},
  row{"inferenceError", temporary}, row{"processingFailed", temporary},
  row{"taskFailed", temporary}, row{"noAvailableServer", temporary}, row{"timeout", temporary},
  row{"serviceUnavailable", temporary}, row{"downloadFailed", temporary},
  row{"serverError", temporary}, row{"internalServerError", temporary}, row{"provider*", temporary},
  row{"invalid*", failure_class::unknown, {}, true},
  row{"missing*", failure_class::unknown, {}, true},
  row{"unsupported*", failure_class::unknown, {}, true},
  row{"valueToo*", failure_class::unknown, {}, true}};

const row* find_row(std::string_view code) {
  const auto found = std::ranges::find_if(table, [&](const row& x) {
    return x.code.ends_with('*') ? code.starts_with(x.code.substr(0, x.code.size() - 1))
                                 : code == x.code;
  });
  if (found != table.end())
    return &*found;
  return nullptr;
}

verdict of(failure_class cls, cooldown_scope cooldown, bool alert, const char* rule) {
  verdict result;
  result.cls = cls;
  result.cooldown = cooldown;
  result.alert = alert;
  result.rule = rule;
  return result;
}

verdict by_status(const signal& x) {
  if (x.outcome != http::outcome::answered)
    return of(temporary, {}, x.outcome == http::outcome::local_fault, "no_answer");
  switch (x.status) {
    case 401:
    case 403:
      return of(failure_class::key_refused, of_key, true, "refused_by_number");
    case 402:
      return of(failure_class::billing, of_account, true, "no_money_by_number");
    case 429:
      return of(failure_class::rate_limit, of_account, false, "rate_limit_by_number");
    default:
      break;
  }
  if (x.status >= 500 || !x.json)
    return of(temporary, {}, x.status < 500, "trouble_by_number");
  return of(failure_class::unknown, {}, true, "anything_else");
}

/// A refusal in words of a photo or a text may come under a code that is new.
verdict by_words(const signal& x) {
  const auto& text = x.from == call::task ? x.fail_msg : x.message;
  const auto said = words::topic_of(text, words::order::refusals_first);
  if (said && words::is_refusal(*said))
    return of(violates, {}, false, words::name_of(*said));
  return by_status(x);
}

/// A creation of unknown outcome. Without a word about it nothing is certain.
bool maybe_created(const signal& x) {
  if (x.from != call::create_task || !x.fail_code.empty())
    return false;
  switch (x.outcome) {
    case http::outcome::interrupted:
    case http::outcome::too_large:
      return true;
    case http::outcome::answered:
      return x.status < 400 || (x.status >= 500 && x.status != 503);
    default:
      return false;
  }
}

/// What a row means in the mouth of a task: it cools no key down, and a model only if others agree.
verdict bounded(verdict found, call from) {
  if (from != call::task)
    return found;
  found.alert = false;
  if (found.cls == failure_class::model_down || found.cls == failure_class::billing
      || found.cls == failure_class::key_refused)
    found.cls = temporary;
  found.cooldown =
    found.cooldown == of_model ? cooldown_scope::model_if_others_agree : cooldown_scope::nothing;
  return found;
}

provider::verdict decide(const signal& x) {
  if (maybe_created(x)) {
    auto result = of(temporary, {}, false, "outcome_unknown");
    result.maybe_created = true;
    return result;
  }
  if (const auto* found = find_row(x.fail_code); found && x.from != call::download)
    return bounded(of(found->cls, found->cooldown, found->alert, found->code.data()), x.from);
  if (x.from == call::download)
    return of(temporary, {}, false, "file_host");
  return bounded(by_words(x), x.from);
}

} // namespace

provider::verdict classify(const provider::signal& x) {
  auto result = decide(x);
  const bool by_number = x.fail_code.empty() && x.status >= 400;
  result.recognised = (by_number ? std::to_string(x.status) + " " : "") + result.rule;
  return result;
}

bool is_of_the_call(const std::string& code) {
  const auto* found = find_row(code);
  if (!found)
    return false;
  // The maker behind Runware and its inference have nothing to do with a question about a task.
  const bool of_task = code.starts_with("provider") || code.starts_with("inference");
  return (found->cls == failure_class::rate_limit && !of_task)
         || found->cls == failure_class::key_refused || code == "serviceUnavailable"
         || code == "internalServerError" || code == "serverError";
}

} // namespace neurocards::runware
