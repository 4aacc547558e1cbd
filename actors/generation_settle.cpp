#include "actors/generation_commit.hpp"

#include <algorithm>

namespace neurocards {

namespace {

/// A key or model may be free again long before its rest was to end: an operator or a new key.
constexpr std::chrono::milliseconds longest_postponement = std::chrono::minutes{1};

constexpr auto pause_of_a_full_line = std::chrono::seconds{10};

} // namespace

void generation::settle(const kie::signal& why) {
  if (why.how == http::outcome::not_started) // our own queue: KIE has heard nothing
    return postpone(pause_of_a_full_line, kie::describe(why));
  job_failure failure;
  const auto verdict = kie::classify(why);
  failure.cls = verdict.cls;
  failure.error = kie::describe(why);
  failure.raw_signal = kie::raw_signal(why);
  alert(verdict, why);
  apply(verdict, std::move(failure), why.retry_after);
}

void generation::alert(const kie::verdict& what, const kie::signal& why) {
  if (what.alert)
    log::error("kie.needs_attention", "class", what.cls, "rule", what.rule, "signal",
               kie::describe(why), "advice", "see `neurocards status` for keys and models at rest");
}

void generation::settle_temporary(std::string reason) {
  kie::verdict verdict;
  verdict.cls = failure_class::temporary;
  verdict.rule = "ours";
  apply(verdict, {failure_class::temporary, reason, reason});
}

/// Before the job goes on: whoever takes it next must find the key or the model at rest.
void generation::apply(const kie::verdict& verdict, job_failure failure,
                       std::optional<std::chrono::milliseconds> retry_after) {
  if (verdict.cls == failure_class::temporary && !origin_)
    return weigh([this, verdict, failure = std::move(failure), retry_after](failure_origin got) {
      origin_ = got;
      apply(verdict, failure, retry_after);
    });
  const auto now = situation(retry_after);
  const auto reason = failure.error;
  rest(verdict, retry::cooldown_for(verdict, retry_after, context_->settings), reason,
       [this, verdict, now, failure = std::move(failure)] { look_for_key(verdict, failure, now); });
}

retry::situation generation::situation(std::optional<std::chrono::milliseconds> retry_after) const {
  retry::situation result;
  result.origin = origin_.value_or(failure_origin::job);
  result.attempts = job_.attempts;
  result.retry_after = retry_after;
  result.other_model = context_->settings.models.size() > 1;
  result.random = random_fraction();
  return result;
}

void generation::rest(const kie::verdict& why, std::chrono::milliseconds length,
                      const std::string& reason, std::function<void()> then) {
  switch (why.cooldown) {
    case kie::cooldown_scope::nothing:
      return then();
    case kie::cooldown_scope::model:
    case kie::cooldown_scope::model_if_others_agree: {
      store::rest_model order{job_.model, length, reason, {}};
      if (why.cooldown == kie::cooldown_scope::model_if_others_agree)
        order.task_of = job_.owner;
      return commit(std::move(order), [then](const store::committed&) { then(); });
    }
    case kie::cooldown_scope::key:
    case kie::cooldown_scope::account:
      return rest_key(why.cooldown, length, reason, std::move(then));
  }
}

void generation::rest_key(kie::cooldown_scope extent, std::chrono::milliseconds length,
                          const std::string& reason, std::function<void()> then) {
  store::rest_key order{job_.key, length, reason, extent == kie::cooldown_scope::account, {}};
  for (const auto& account : context_->accounts)
    if (std::ranges::find(account.keys, job_.key) != account.keys.end())
      order.account_keys = account.keys;
  commit(order, [this, order, then = std::move(then)](const store::committed&) {
    self_->send(context_->keys, order);
    then();
  });
}

void generation::look_for_key(const kie::verdict& verdict, job_failure failure,
                              retry::situation now) {
  self_->request(context_->keys, caf::infinite, choose_key{})
    .then(
      [this, verdict, failure = std::move(failure), now](const found_key& other) mutable {
        now.other_key = !other.value.empty();
        decide(verdict, std::move(failure), now);
      },
      [this](const caf::error& err) { fault(err, "choose_key"); });
}

void generation::decide(const kie::verdict& verdict, job_failure failure,
                        const retry::situation& now) {
  const auto decision = retry::decide(verdict, now, context_->settings);
  if (decision.outage)
    failure.cls = failure_class::outage;
  log::info("job.attempt_failed", "job", job_.id, "attempt", job_.attempts, "class", failure.cls,
            "rule", verdict.rule, "error", failure.error);
  if (decision.what == retry::decision::action::retry)
    requeue(decision, std::move(failure));
  else
    fail(std::move(failure));
}

/// KIE called back about a task we hold for lost: the job's row has it now.
bool generation::task_came_back() const {
  return job_.task.value.empty() && !called_back_.value.empty();
}

void generation::requeue(const retry::decision& what, job_failure failure) {
  if (task_came_back())
    return on_transition(store::transition::lease_lost, "");
  commit(store::retry_job{node_, job_.id, std::move(failure), what.delay, what.uses_attempt,
                          what.tell_user, may_finish_},
         [this](store::transition how) { on_transition(how, "retried"); });
}

void generation::fail(job_failure failure) {
  if (task_came_back())
    return on_transition(store::transition::lease_lost, "");
  commit(store::fail_job{node_, job_.id, failure, may_finish_},
         [this, failure](store::transition how) {
           if (how == store::transition::done)
             log::info("job.failed", "job", job_.id, "user", job_.owner, "class", failure.cls,
                       "error", failure.error);
           on_transition(how, "failed");
         });
}

void generation::postpone(caf::timespan delay, std::string reason) {
  retry::decision later;
  later.delay = std::min(std::chrono::duration_cast<std::chrono::milliseconds>(with_jitter(delay)),
                         longest_postponement);
  later.uses_attempt = false;
  later.tell_user = true; // once per job, says the database
  log::info("job.postponed", "job", job_.id, "reason", reason);
  requeue(later, {failure_class::temporary, reason, reason});
}

} // namespace neurocards
