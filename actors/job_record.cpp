#include "actors/job_record.hpp"

#include <algorithm>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

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

job_record::job_record(generation_actor::pointer self,
                       std::shared_ptr<const generation_context> context, incarnation node,
                       claimed_job job)
  : self_(self), context_(std::move(context)), node_(node), job_(std::move(job)),
    provider_(&context_->providers.front()), started_at_(self->clock().now()),
    task_created_at_(started_at_ - job_.task_age.value_or(0ms)) {}

std::chrono::milliseconds job_record::since(caf::actor_clock::time_point when) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(self_->clock().now() - when);
}

caf::timespan job_record::left_of(caf::timespan limit, caf::actor_clock::time_point since) const {
  const auto spent = self_->clock().now() - since;
  return std::clamp(limit - std::chrono::duration_cast<caf::timespan>(spent), caf::timespan::zero(),
                    limit);
}

caf::timespan job_record::left_of_task(caf::timespan limit) const {
  return left_of(limit, task_created_at_);
}

bool job_record::choose_provider(const std::string& named) {
  const auto* found = context_->find_provider(named);
  if (!found)
    return false;
  provider_ = found;
  job_.provider = named;
  return true;
}

void job_record::set_task(const task_id& task) {
  job_.task = task;
  task_created_at_ = self_->clock().now();
}

void job_record::drop_texts() {
  auto slim = without_texts(job_);
  std::swap(job_, slim); // assigning would keep the memory of the longer texts
}

} // namespace neurocards
