#include "actors/generation_commit.hpp"

namespace neurocards {

/// Whether the provider, this node or the job is to blame for a failure that may pass by itself.
void generation::weigh(std::function<void(failure_origin)> then) {
  const auto stage = job_.task.value.empty() ? failure_stage::creation : failure_stage::task;
  self_->request(context_->outages, caf::infinite, weigh_failure{job_.id, job_.owner, stage})
    .then([then](failure_origin got) { then(got); },
          [this, then](const caf::error& err) {
            log::warn("job.failure_not_weighed", "job", job_.id, "error", err);
            then(failure_origin::job); // its watch has died: as if nobody had asked
          });
}

/// A creation in doubt waits long before it is settled; whose fault it was is found out at once.
void generation::weigh_doubt() {
  weigh([this](failure_origin got) {
    if (in_grace_)
      origin_ = got;
  });
}

/// No task is given up while nobody can see it or fetch its video: it is polled on, for as long as
/// jobs wait for a provider.
void generation::give_task_up(const std::string& why) {
  weigh([this, why](failure_origin got) {
    const auto& settings = context_->settings;
    const caf::timespan longest = settings.poll_timeout + settings.outage_patience;
    if (got != failure_origin::job && left_of(longest, task_created_at_) > caf::timespan::zero()) {
      downloads_ = 0;
      return watch(settings.poll_interval);
    }
    origin_ = got;
    settle_temporary(why);
  });
}

} // namespace neurocards
