#include "actors/job_hold.hpp"

#include "actors/commit_retry.hpp"

#include <algorithm>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan longest_pause_at_stake = 1s;

/// What polling needs of a job.
claimed_job without_texts(const claimed_job& job) {
  claimed_job result;
  result.id = job.id;
  result.owner = job.owner;
  result.attempts = job.attempts;
  result.claim = job.claim;
  result.rescues = job.rescues;
  result.polls = job.polls;
  result.model = job.model;
  result.key = job.key;
  result.provider = job.provider;
  result.task = job.task;
  return result;
}

} // namespace

job_hold::job_hold(generation_actor::pointer self,
                   std::shared_ptr<const generation_context> context, incarnation node,
                   claimed_job job)
  : self_(self), context_(std::move(context)), node_(node), job_(std::move(job)),
    provider_(&context_->providers.front()), started_at_(self->clock().now()),
    task_created_at_(started_at_ - job_.task_age.value_or(0ms)) {}

std::chrono::milliseconds job_hold::since(caf::actor_clock::time_point when) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(self_->clock().now() - when);
}

caf::timespan job_hold::left_of(caf::timespan limit, caf::actor_clock::time_point since) const {
  const auto spent = self_->clock().now() - since;
  return std::clamp(limit - std::chrono::duration_cast<caf::timespan>(spent), caf::timespan::zero(),
                    limit);
}

caf::timespan job_hold::left_of_task(caf::timespan limit) const {
  return left_of(limit, task_created_at_);
}

bool job_hold::choose_provider(const std::string& named) {
  const auto* found = context_->find_provider(named);
  if (!found)
    return false;
  provider_ = found;
  job_.provider = named;
  return true;
}

void job_hold::set_task(const task_id& task) {
  job_.task = task;
  task_created_at_ = self_->clock().now();
}

void job_hold::drop_texts() {
  auto slim = without_texts(job_);
  std::swap(job_, slim); // assigning would keep the memory of the longer texts
}

void job_hold::on_commit_failed(const caf::error& err, int tries, std::function<void()> repeat) {
  if (!repeatable(err))
    return fault(err, "commit");
  if (draining_ && creation_ == creation::none)
    return end("released"); // whoever claims the job next sees how far it came
  if (worth_a_line(tries))
    log::warn("job.commit_delayed", "job", job_.id, "tries", tries, "error", err);
  run_after(self_, backoff(tries, first_pause, at_stake() ? longest_pause_at_stake : longest_pause),
            std::move(repeat));
}

void job_hold::begin_creation() {
  creation_ = creation::granted;
}

void job_hold::send_creation() {
  creation_ = creation::sent;
  unanswered_ = context_->counts.unanswered_call();
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
    return self_->quit();
  if (std::exchange(creation_, creation::bereft) != creation::bereft)
    log::warn("job.task_at_stake", "job", job_.id, "task", job_.task);
}

void job_hold::end(std::string_view outcome) {
  context_->counts.jobs_ended(outcome).inc();
  self_->quit();
}

void job_hold::release(std::chrono::milliseconds delay) {
  store::release_jobs request{node_, {job_.id}, false, {job_.claim}};
  request.delay = delay;
  commit(std::move(request), [this](const store::count&) { end("released"); });
}

void job_hold::leave(store::transition outcome, std::string_view done_name) {
  if (outcome == store::transition::done)
    return end(done_name);
  // Not ours any more, or its row went on without us (an adopted task): if we hold it still, giving
  // it back lets the next claim see how it stands.
  log::warn("job.lease_lost", "job", job_.id);
  if (creation_ == creation::granted)
    creation_ = creation::none;
  commit(store::release_jobs{node_, {job_.id}, false, {job_.claim}},
         [this](const store::count&) { end("lost"); });
}

void job_hold::fault(const caf::error& err, std::string_view step) {
  log::error("job.worker_fault", "job", job_.id, "doing", step, "error", err, "advice",
             "the job is taken over; report this if it repeats");
  context_->counts.jobs_ended("faulted").inc();
  self_->quit(err);
}

} // namespace neurocards
