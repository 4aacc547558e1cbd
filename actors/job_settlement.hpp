#pragma once

#include "actors/job_hold.hpp"
#include "domain/provider.hpp"
#include "domain/retry.hpp"

#include <functional>

namespace neurocards {

/// How an attempt that failed ends: whose fault it was, what cools down, and whether the job is
/// tried again, put off or failed. Part of the actor `generation`.
class job_settlement {
public:
  explicit job_settlement(job_hold& hold) : hold_(hold) {}

  /// By the provider's answer.
  void settle(const provider::signal&);
  void settle_temporary(const std::string& reason);

  /// Before the job goes on, the cooldown of the verdict: whoever takes it next must find it.
  void apply(const provider::verdict&, job_failure,
             std::optional<std::chrono::milliseconds> retry_after = {});

  /// Back into the queue without using the attempt.
  void postpone(caf::timespan delay, const std::string& reason);

  void withdraw(); // the creation: the worker drains
  void fail(job_failure);

  /// Begins the cooldown that a refused upload asks for; `then` may go on with another key.
  void begin_cooldown(const provider::signal&, std::function<void()> then);

  /// Ends the attempt of a signal whose cooldown is recorded already.
  void decide_by(const provider::signal&);

  /// Whether the provider, this node or the job is to blame for a failure that may pass by itself.
  void weigh(std::function<void(failure_origin)> then);

  /// The origin of the failure that is being settled, once it is known.
  std::optional<failure_origin> origin;

  /// The task is given up, but a late video of it would be welcome.
  bool may_finish = false;

private:
  retry::situation situation(std::optional<std::chrono::milliseconds> retry_after) const;
  void cool_down(const provider::verdict&, std::chrono::milliseconds length,
                 const std::string& reason, std::function<void()> then);
  void cool_down_key(provider::cooldown_scope, std::chrono::milliseconds length,
                     const std::string& reason, std::function<void()> then);
  void find_other_key(const provider::verdict&, job_failure, retry::situation);
  void decide(const provider::verdict&, job_failure, const retry::situation&);
  bool task_came_back() const;
  void requeue(const retry::decision&, job_failure);

  job_hold& hold_;
};

} // namespace neurocards
