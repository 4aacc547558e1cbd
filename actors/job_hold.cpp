#include "actors/job_hold.hpp"

#include "actors/commit_retry.hpp"
#include "actors/run_after.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan longest_pause_at_stake = 1s;

} // namespace

void job_hold::on_commit_failed(const caf::error& err, int tries, std::function<void()> repeat) {
  if (!repeatable(err))
    return fault(err, "commit");
  if (draining_ && creation_ == creation::none)
    return end("released"); // whoever claims the job next sees how far it came
  if (worth_a_line(tries))
    log::warn("job.commit_delayed", "job", job().id, "tries", tries, "error", err);
  run_after(self(),
            backoff(tries, first_pause, at_stake() ? longest_pause_at_stake : longest_pause),
            std::move(repeat));
}

void job_hold::begin_creation() {
  creation_ = creation::granted;
}

void job_hold::send_creation() {
  creation_ = creation::sent;
  unanswered_ = context().counts.unanswered_call();
}

bool job_hold::end_creation() {
  unanswered_ = nullptr;
  return std::exchange(creation_, creation::none) != creation::bereft;
}

void job_hold::drain() {
  draining_ = true;
  if (creation_ == creation::none && !committing_)
    end("released");
}

void job_hold::lose_lease() {
  if (!at_stake())
    return self()->quit();
  if (std::exchange(creation_, creation::bereft) != creation::bereft)
    log::warn("job.task_at_stake", "job", job().id, "task", job().task);
}

void job_hold::end(std::string_view outcome) {
  context().counts.jobs_ended(outcome).inc();
  self()->quit();
}

void job_hold::release(std::chrono::milliseconds delay) {
  store::release_jobs request{node(), {job().id}, false, {job().claim}};
  request.delay = delay;
  commit(std::move(request), [this](const store::count&) { end("released"); });
}

void job_hold::leave(store::transition outcome, std::string_view done_name) {
  if (outcome == store::transition::done)
    return end(done_name);
  // Not ours any more, or its row went on without us (an adopted task): if we hold it still, giving
  // it back lets the next claim see how it stands.
  log::warn("job.lease_lost", "job", job().id);
  if (creation_ == creation::granted)
    creation_ = creation::none;
  commit(store::release_jobs{node(), {job().id}, false, {job().claim}},
         [this](const store::count&) { end("lost"); });
}

void job_hold::fault(const caf::error& err, std::string_view step) {
  log::error("job.worker_fault", "job", job().id, "doing", step, "error", err, "advice",
             "the job is taken over; report this if it repeats");
  context().counts.jobs_ended("faulted").inc();
  self()->quit(err);
}

} // namespace neurocards
