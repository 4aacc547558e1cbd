#include "actors/orphan_wait.hpp"

#include "actors/run_after.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// The database needs less to answer when it can be reached.
constexpr caf::timespan longest_answer = 1s;

/// When the database takes writes again, whoever kept a task for it has said so by then: lanes
/// connect again within 3 s, and it is tried every second (intent_age.sql has the same figure).
constexpr caf::timespan time_to_speak = 10s;

} // namespace

void orphan_wait::start(caf::timespan grace, std::function<void()> otherwise) {
  waiting_ = true;
  const auto part = std::min<caf::timespan>(grace, hold_.context().settings.poll_interval);
  timer_ =
    run_after(hold_.self(), part, [this, left = grace - part, otherwise = std::move(otherwise)] {
      ask(left, otherwise);
    });
}

/// The callback may have reached another node, or this one before it knew of the job: the same
/// intent is granted again only as long as its job has no task.
void orphan_wait::ask(caf::timespan left, const std::function<void()>& otherwise) {
  const auto asked_at = hold_.self()->clock().now();
  hold_.commit(intent_(), [this, left, otherwise, asked_at](const store::intent_outcome& got) {
    if (!waiting_)
      return; // the callback was faster
    if (hold_.draining())
      return hold_.end("released");
    // While we could not ask, who has the task could not say so.
    const bool ours = got.outcome != store::intent_outcome::verdict::lease_lost;
    if (ours && hold_.self()->clock().now() - asked_at > longest_answer)
      return start(std::max(left, time_to_speak), otherwise);
    if (ours && left > caf::timespan::zero())
      return start(left, otherwise);
    waiting_ = false;
    if (!ours)
      return hold_.leave(store::transition::lease_lost, "");
    hold_.context().counts.orphans("given_up").inc();
    otherwise();
  });
}

/// Until the database hears that we have the task, it refuses to end an attempt whose task we may
/// not know of.
void orphan_wait::adopt(const task_id& task) {
  waiting_ = false;
  timer_.dispose();
  log::info("job.task_adopted", "job", hold_.job().id, "task", task);
  hold_.set_task(task);
  hold_.commit(store::record_task{hold_.node(), hold_.job().id, task},
               [this](store::transition outcome) {
                 if (outcome != store::transition::done)
                   return hold_.leave(outcome, "lost");
                 adopted_();
               });
}

} // namespace neurocards
