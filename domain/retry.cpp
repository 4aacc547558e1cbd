#include "domain/retry.hpp"

#include <algorithm>

namespace neurocards::retry {

namespace {

milliseconds in_ms(config::duration x) {
  return std::chrono::duration_cast<milliseconds>(x);
}

milliseconds pause(const situation& now, const config::generation& policy) {
  return std::max(backoff(now.attempts, policy, now.random),
                  now.retry_after.value_or(milliseconds{0}));
}

/// Uses up an attempt, if one is left.
void try_again(decision& out, milliseconds delay, const situation& now,
               const config::generation& policy) {
  if (now.attempts >= policy.max_attempts)
    return; // fail
  out.outcome = decision::action::retry;
  out.delay = delay;
  out.tell_user = true;
}

/// Something of ours is out of order, not the order: no attempt is used.
void go_on(decision& out, milliseconds delay, bool tell) {
  out.outcome = decision::action::retry;
  out.delay = delay;
  out.uses_attempt = false;
  out.tell_user = tell;
}

/// Nobody claims the job before the outage ends, and the database tells those who wait.
void wait_for_provider(decision& out) {
  go_on(out, milliseconds{0}, false);
  out.outage = true;
}

} // namespace

milliseconds cooldown_for(const provider::verdict& verdict, std::optional<milliseconds> retry_after,
                          const config::generation& policy) {
  switch (verdict.cooldown) {
    case provider::cooldown_scope::nothing:
      return milliseconds{0};
    case provider::cooldown_scope::model:
    case provider::cooldown_scope::model_if_others_agree:
      return in_ms(policy.model_cooldown);
    case provider::cooldown_scope::account:
    case provider::cooldown_scope::key:
      break;
  }
  if (verdict.cls != failure_class::rate_limit) // no money, or refused: until somebody acts
    return in_ms(policy.billing_cooldown);
  return std::max(in_ms(policy.key_cooldown), retry_after.value_or(milliseconds{0}));
}

decision decide(const provider::verdict& verdict, const situation& now,
                const config::generation& policy) {
  decision out;
  const bool other_key = now.other_key && verdict.cooldown != provider::cooldown_scope::nothing;
  switch (verdict.cls) {
    case failure_class::temporary:
      if (now.origin == failure_origin::provider)
        wait_for_provider(out);
      else if (now.origin == failure_origin::node)
        go_on(out, pause(now, policy), false); // so that another node takes it
      else
        try_again(out, pause(now, policy), now, policy);
      break;
    case failure_class::rate_limit:
      try_again(out, other_key ? milliseconds{0} : pause(now, policy), now, policy);
      break;
    case failure_class::billing:
    case failure_class::key_refused:
      go_on(out, other_key ? milliseconds{0} : pause(now, policy), !other_key);
      break;
    case failure_class::model_down:
      go_on(out, now.other_model ? milliseconds{0} : pause(now, policy), !now.other_model);
      break;
    case failure_class::outage:
      wait_for_provider(out);
      break;
    case failure_class::user_violation:
    case failure_class::unknown:
      break; // fail
  }
  return out;
}

milliseconds backoff(int attempts, const config::generation& policy, double random) {
  const auto most = static_cast<double>(in_ms(policy.backoff_max).count());
  auto wait = static_cast<double>(in_ms(policy.backoff_initial).count());
  for (int i = 1; i < attempts && wait < most; ++i)
    wait *= 2;
  wait = std::min(wait, most) * (0.9 + 0.2 * std::clamp(random, 0.0, 1.0));
  return milliseconds{static_cast<int64_t>(wait)};
}

std::optional<milliseconds> parse_retry_after(std::string_view header) {
  constexpr int64_t longest_wish = 3600; // a server that asks for more is not taken at its word
  int64_t seconds = 0;
  for (const char c : header) {
    if (c < '0' || c > '9' || seconds > 1'000'000)
      return std::nullopt;
    seconds = seconds * 10 + (c - '0');
  }
  if (header.empty())
    return std::nullopt;
  return milliseconds{std::min(seconds, longest_wish) * 1000};
}

} // namespace neurocards::retry
