#pragma once

#include "actors/generation_context.hpp"

namespace neurocards {

/// A job that this node holds, and what is known of it and of its provider. Part of the actor
/// `generation`.
class job_record {
public:
  job_record(generation_actor::pointer self, std::shared_ptr<const generation_context> context,
             incarnation node, claimed_job job);

  generation_actor::pointer self() const { return self_; }
  const generation_context& context() const { return *context_; }

  /// Where the job's video is made, or where it will be.
  const provider_context& provider() const { return *provider_; }
  const provider::service& service() const { return provider_->service; }

  /// False: this program knows no such provider.
  [[nodiscard]] bool choose_provider(const std::string& named);
  const incarnation& node() const { return node_; }
  claimed_job& job() { return job_; }
  const claimed_job& job() const { return job_; }
  caf::actor_clock::time_point started_at() const { return started_at_; }
  std::chrono::milliseconds since(caf::actor_clock::time_point) const;

  /// How much of `limit` is left for something that began at `since`. The database's clock may have
  /// been set back since then: nothing is left of more than the whole.
  caf::timespan left_of(caf::timespan limit, caf::actor_clock::time_point since) const;

  /// How much of `limit` is left for the task.
  caf::timespan left_of_task(caf::timespan limit) const;

  /// The job has this task from now on; `commit` is the caller's business.
  void set_task(const task_id&);

  /// Drops what only a creation needs: ten thousands of jobs are watched.
  void drop_texts();

  /// The provider called back about a task while none was watched: before the answer of createTask,
  /// or about one that was given up. Empty: it did not.
  task_id called_back;

private:
  generation_actor::pointer self_;
  std::shared_ptr<const generation_context> context_;
  incarnation node_;
  claimed_job job_;
  const provider_context* provider_; // of the context
  caf::actor_clock::time_point started_at_;
  caf::actor_clock::time_point task_created_at_; // by our own clock, on whichever node it was
};

} // namespace neurocards
