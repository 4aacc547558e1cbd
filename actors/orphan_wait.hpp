#pragma once

#include "actors/job_hold.hpp"

#include <functional>

namespace neurocards {

/// Waits for the provider to call back about a task that may exist and that nobody knows: made by a
/// call whose outcome is unknown. Part of the actor `generation`; not an actor itself.
class orphan_wait {
public:
  using intent_source = std::function<store::record_intent()>;

  /// `adopted` is called when the database knows the task that was called back about.
  orphan_wait(job_hold& hold, intent_source intent, std::function<void()> adopted)
    : hold_(hold), intent_(std::move(intent)), adopted_(std::move(adopted)) {}

  /// For as long as `grace`; then `otherwise`, unless somebody else has got the task.
  void start(caf::timespan grace, std::function<void()> otherwise);
  bool waiting() const { return waiting_; }
  void adopt(const task_id&);

private:
  void ask(caf::timespan left, const std::function<void()>& otherwise);

  job_hold& hold_;
  intent_source intent_;
  std::function<void()> adopted_;
  bool waiting_ = false;
  caf::disposable timer_;
};

} // namespace neurocards
