#include "domain/retry.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;
using retry::decide;
using retry::decision;
using retry::milliseconds;

namespace {

const config::generation policy; // 3 attempts, 20 s doubling up to 10 min

decision after(failure_class cls, provider::cooldown_scope scope,
               const retry::situation& situation) {
  provider::verdict reason;
  reason.cls = cls;
  reason.cooldown = scope;
  return decide(reason, situation, policy);
}

milliseconds cooldown_after(failure_class cls, provider::cooldown_scope scope,
                            std::optional<milliseconds> retry_after = {}) {
  provider::verdict reason;
  reason.cls = cls;
  reason.cooldown = scope;
  return retry::cooldown_for(reason, retry_after, policy);
}

bool retries(const decision& x) {
  return x.outcome == decision::action::retry;
}

retry::situation attempt(int n) {
  retry::situation situation;
  situation.attempts = n;
  return situation;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/retry");

TEST_CASE("retry: what passes by itself is tried three times in all, each after a longer pause") {
  milliseconds before{0};
  for (int n = 1; n <= 2; ++n) {
    const decision x =
      after(failure_class::temporary, provider::cooldown_scope::nothing, attempt(n));
    CHECK(retries(x));
    CHECK(x.uses_attempt);
    CHECK(x.tell_user);
    CHECK(x.delay > before);
    before = x.delay;
  }
  CHECK_FALSE(
    retries(after(failure_class::temporary, provider::cooldown_scope::nothing, attempt(3))));
}

TEST_CASE(
  "retry: a failure that is the provider's or the node's uses no attempt, not even the last") {
  retry::situation situation = attempt(3);
  situation.origin = failure_origin::provider;
  decision x = after(failure_class::temporary, provider::cooldown_scope::nothing, situation);
  CHECK(retries(x));
  CHECK(x.outage);
  CHECK_FALSE(x.uses_attempt);
  CHECK_FALSE(x.tell_user); // the database tells all who wait
  CHECK(x.delay == 0s);     // nobody claims it before the outage ends
  situation.origin = failure_origin::node;
  x = after(failure_class::temporary, provider::cooldown_scope::nothing, situation);
  CHECK(retries(x));
  CHECK_FALSE(x.outage);
  CHECK_FALSE(x.uses_attempt);
  CHECK_FALSE(x.tell_user);
  CHECK(x.delay > 0s); // another node shall take it
  x = after(failure_class::user_violation, provider::cooldown_scope::nothing, situation);
  CHECK_FALSE(retries(x));
}

TEST_CASE("retry: backoff doubles, spreads by a tenth and has an end") {
  CHECK(retry::backoff(1, policy, 0.5) == 20s);
  CHECK(retry::backoff(2, policy, 0.5) == 40s);
  CHECK(retry::backoff(1, policy, 0.0) == 18s);
  CHECK(retry::backoff(1, policy, 1.0) == 22s);
  CHECK(retry::backoff(40, policy, 0.5) == 10min);
  CHECK(retry::backoff(2'000'000'000, policy, 1.0) <= 11min);
}

TEST_CASE("retry: a limited account cools down, a key of another takes over at once") {
  retry::situation situation = attempt(1);
  decision x = after(failure_class::rate_limit, provider::cooldown_scope::account, situation);
  CHECK(retries(x));
  CHECK(x.uses_attempt);
  CHECK(x.delay >= 18s);
  CHECK(cooldown_after(failure_class::rate_limit, provider::cooldown_scope::account) == 1min);
  situation.other_key = true;
  x = after(failure_class::rate_limit, provider::cooldown_scope::account, situation);
  CHECK(x.delay == 0s);
  // A task's words: nothing rests, so the other key is no better than the one that was used.
  CHECK(after(failure_class::rate_limit, provider::cooldown_scope::nothing, situation).delay
        >= 18s);
  CHECK(cooldown_after(failure_class::rate_limit, provider::cooldown_scope::nothing) == 0s);
  situation.retry_after = 300s;
  CHECK(cooldown_after(failure_class::rate_limit, provider::cooldown_scope::account,
                       situation.retry_after)
        == 300s);
  situation.other_key = false;
  CHECK(after(failure_class::rate_limit, provider::cooldown_scope::account, situation).delay
        == 300s);
  situation.attempts = 3;
  CHECK_FALSE(
    retries(after(failure_class::rate_limit, provider::cooldown_scope::account, situation)));
}

TEST_CASE(
  "retry: an empty account and a refused key cost the order nothing, however often it happens") {
  for (const auto& [cls, scope] :
       {std::pair{failure_class::billing, provider::cooldown_scope::account},
        std::pair{failure_class::billing, provider::cooldown_scope::key},
        std::pair{failure_class::key_refused, provider::cooldown_scope::key}}) {
    CAPTURE(to_string(cls));
    retry::situation situation = attempt(3);
    decision x = after(cls, scope, situation);
    CHECK(retries(x));
    CHECK_FALSE(x.uses_attempt);
    CHECK(x.tell_user); // nobody else can take it: the user waits
    CHECK(x.delay > 0s);
    CHECK(cooldown_after(cls, scope) == 1h); // until somebody acts
    situation.other_key = true;
    x = after(cls, scope, situation);
    CHECK(x.delay == 0s);
    CHECK_FALSE(x.tell_user);
  }
}

TEST_CASE(
  "retry: a model that is down is replaced by the next, without a next one the job waits for it") {
  retry::situation situation = attempt(1);
  situation.other_model = true;
  decision x = after(failure_class::model_down, provider::cooldown_scope::model, situation);
  CHECK(retries(x));
  CHECK_FALSE(x.uses_attempt);
  CHECK_FALSE(x.tell_user);
  CHECK(x.delay == 0s);
  CHECK(cooldown_after(failure_class::model_down, provider::cooldown_scope::model) == 30min);
  situation.other_model = false;
  x = after(failure_class::model_down, provider::cooldown_scope::model, situation);
  CHECK_FALSE(x.uses_attempt);
  CHECK(x.tell_user);
  CHECK(x.delay >= 18s);
  situation.attempts = 3;
  CHECK(retries(after(failure_class::model_down, provider::cooldown_scope::model, situation)));
}

TEST_CASE("retry: violations and the unknown fail at once") {
  CHECK_FALSE(
    retries(after(failure_class::user_violation, provider::cooldown_scope::nothing, attempt(1))));
  CHECK_FALSE(
    retries(after(failure_class::unknown, provider::cooldown_scope::nothing, attempt(1))));
}

TEST_CASE("retry: Retry-After is read when it is a number") {
  CHECK(retry::parse_retry_after("7") == 7s);
  CHECK(retry::parse_retry_after("0") == 0s);
  CHECK(retry::parse_retry_after("360000") == 1h); // not taken at its word
  for (const char* other :
       {"", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999"})
    CHECK_FALSE(retry::parse_retry_after(other));
}

TEST_SUITE_END();
