#include "actors/job_settlement.hpp"

#include "base/jitter.hpp"

#include <algorithm>

namespace neurocards {

namespace {

/// A key or model may be free again long before its cooldown was to end: an operator or a new key.
constexpr std::chrono::milliseconds longest_postponement = std::chrono::minutes{1};

constexpr auto pause_of_a_full_queue = std::chrono::seconds{10};

/// A failure that we name ourselves: nobody else's words are in it.
job_failure ours(failure_class cls, const std::string& reason) {
  return {cls, reason, reason, reason};
}

void alert(const provider::verdict& verdict, const provider::signal& signal) {
  if (verdict.alert)
    log::error("provider.needs_attention", "class", verdict.cls, "rule", verdict.rule, "signal",
               provider::describe(signal, verdict), "advice",
               "see `neurocards status` for keys and models that cool down");
}

} // namespace

void job_settlement::settle(const provider::signal& signal) {
  if (signal.outcome == http::outcome::not_started) // our own queue: the provider has heard nothing
    return postpone(pause_of_a_full_queue, provider::describe(signal));
  job_failure failure;
  const auto verdict = hold_.service().classify(signal);
  failure.cls = verdict.cls;
  failure.error = provider::describe(signal, verdict);
  failure.raw_signal = provider::raw_signal(signal);
  failure.signal = verdict.recognised;
  alert(verdict, signal);
  apply(verdict, std::move(failure), signal.retry_after);
}

void job_settlement::settle_temporary(const std::string& reason) {
  provider::verdict verdict;
  verdict.cls = failure_class::temporary;
  verdict.rule = "ours";
  apply(verdict, ours(failure_class::temporary, reason));
}

void job_settlement::apply(const provider::verdict& verdict, job_failure failure,
                           std::optional<std::chrono::milliseconds> retry_after) {
  if (verdict.cls == failure_class::temporary && !origin)
    return weigh([this, verdict, failure = std::move(failure), retry_after](failure_origin got) {
      origin = got;
      apply(verdict, failure, retry_after);
    });
  const auto now = situation(retry_after);
  const auto reason = failure.error;
  cool_down(
    verdict, retry::cooldown_for(verdict, retry_after, hold_.context().settings), reason,
    [this, verdict, now, failure = std::move(failure)] { find_other_key(verdict, failure, now); });
}

void job_settlement::begin_cooldown(const provider::signal& signal, std::function<void()> then) {
  const auto verdict = hold_.service().classify(signal);
  alert(verdict, signal);
  cool_down(verdict, retry::cooldown_for(verdict, signal.retry_after, hold_.context().settings),
            provider::describe(signal, verdict), std::move(then));
}

void job_settlement::decide_by(const provider::signal& signal) {
  const auto verdict = hold_.service().classify(signal);
  find_other_key(verdict,
                 {verdict.cls, provider::describe(signal, verdict), provider::raw_signal(signal),
                  verdict.recognised},
                 situation(signal.retry_after));
}

void job_settlement::weigh(std::function<void(failure_origin)> then) {
  if (!hold_.provider().outages) // it has no key here: nobody watches it
    return then(failure_origin::job);
  const auto& job = hold_.job();
  const auto stage = job.task.value.empty() ? failure_stage::creation : failure_stage::task;
  hold_.self()
    ->request(hold_.provider().outages, caf::infinite, weigh_failure{job.id, job.owner, stage})
    .then([then](failure_origin got) { then(got); },
          [this, then](const caf::error& err) {
            log::warn("job.failure_not_weighed", "job", hold_.job().id, "error", err);
            then(failure_origin::job); // its watch has died: as if nobody had asked
          });
}

retry::situation
job_settlement::situation(std::optional<std::chrono::milliseconds> retry_after) const {
  retry::situation result;
  result.origin = origin.value_or(failure_origin::job);
  result.attempts = hold_.job().attempts;
  result.retry_after = retry_after;
  result.other_model = hold_.context().settings.models.size() > 1;
  result.random = random_fraction();
  return result;
}

void job_settlement::cool_down(const provider::verdict& verdict, std::chrono::milliseconds length,
                               const std::string& reason, std::function<void()> then) {
  switch (verdict.cooldown) {
    case provider::cooldown_scope::nothing:
      return then();
    case provider::cooldown_scope::model:
    case provider::cooldown_scope::model_if_others_agree: {
      store::cool_down_model order{hold_.job().model, length, reason, {}};
      if (verdict.cooldown == provider::cooldown_scope::model_if_others_agree)
        order.task_of = hold_.job().owner;
      return hold_.commit(std::move(order), [then](const store::committed&) { then(); });
    }
    case provider::cooldown_scope::key:
    case provider::cooldown_scope::account:
      return cool_down_key(verdict.cooldown, length, reason, std::move(then));
  }
}

void job_settlement::cool_down_key(provider::cooldown_scope extent,
                                   std::chrono::milliseconds length, const std::string& reason,
                                   std::function<void()> then) {
  const auto& key = hold_.job().key;
  store::cool_down_key order{key, length, reason, extent == provider::cooldown_scope::account, {}};
  for (const auto& account : hold_.provider().accounts)
    if (std::ranges::find(account.keys, key) != account.keys.end())
      order.account_keys = account.keys;
  hold_.commit(order, [this, order, then = std::move(then)](const store::committed&) {
    hold_.self()->send(hold_.provider().keys, order);
    then();
  });
}

void job_settlement::find_other_key(const provider::verdict& verdict, job_failure failure,
                                    retry::situation now) {
  hold_.self()
    ->request(hold_.provider().keys, caf::infinite, choose_key{})
    .then(
      [this, verdict, failure = std::move(failure), now](const found_key& other) mutable {
        now.other_key = !other.value.empty();
        decide(verdict, std::move(failure), now);
      },
      hold_.on_fault("choose_key"));
}

void job_settlement::decide(const provider::verdict& verdict, job_failure failure,
                            const retry::situation& now) {
  const auto decision = retry::decide(verdict, now, hold_.context().settings);
  if (decision.outage)
    failure.cls = failure_class::outage;
  log::info("job.attempt_failed", "job", hold_.job().id, "attempt", hold_.job().attempts, "class",
            failure.cls, "rule", verdict.rule, "error", failure.error);
  if (decision.outcome == retry::decision::action::retry)
    requeue(decision, std::move(failure));
  else
    fail(std::move(failure));
}

/// The provider called back about a task we hold for lost: the job's row has it now.
bool job_settlement::task_came_back() const {
  return hold_.job().task.value.empty() && !hold_.called_back.value.empty();
}

void job_settlement::requeue(const retry::decision& decision, job_failure failure) {
  if (task_came_back())
    return hold_.leave(store::transition::lease_lost, "");
  hold_.commit(store::retry_job{hold_.node(), hold_.job().id, std::move(failure), decision.delay,
                                decision.uses_attempt, decision.tell_user, may_finish},
               [this](store::transition outcome) { hold_.leave(outcome, "retried"); });
}

void job_settlement::fail(job_failure failure) {
  if (task_came_back())
    return hold_.leave(store::transition::lease_lost, "");
  hold_.commit(store::fail_job{hold_.node(), hold_.job().id, failure, may_finish},
               [this, failure](store::transition outcome) {
                 if (outcome == store::transition::done)
                   log::info("job.failed", "job", hold_.job().id, "user", hold_.job().owner,
                             "class", failure.cls, "error", failure.error);
                 hold_.leave(outcome, "failed");
               });
}

void job_settlement::postpone(caf::timespan delay, const std::string& reason) {
  retry::decision later;
  later.delay = std::min(std::chrono::duration_cast<std::chrono::milliseconds>(with_jitter(delay)),
                         longest_postponement);
  later.uses_attempt = false;
  later.tell_user = true; // once per job, says the database
  log::info("job.postponed", "job", hold_.job().id, "reason", reason);
  requeue(later, ours(failure_class::temporary, reason));
}

/// Nothing was created for the intent: without it, nobody waits for an orphan.
void job_settlement::withdraw() {
  retry::decision at_once;
  at_once.uses_attempt = false;
  requeue(at_once, ours(failure_class::temporary, "the worker drains"));
}

} // namespace neurocards
