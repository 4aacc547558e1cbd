#include "db/scheduler.hpp"

#include "protocol/fwd.hpp"

namespace neurocards::db {

namespace {

// In the order of `all_requests`.
constexpr std::array kind_names{
  "put_updates",  "pending_updates", "load_conversation", "commit_step",
  "claim_jobs",   "held_jobs",       "record_prompt",     "record_intent",
  "record_task",  "retry_job",       "complete_job",      "fail_job",
  "release_jobs", "add_job_event",   "rest_key",          "rest_model",
  "adopt_task",   "give_video",      "settle_task",       "late_tasks",
  "heartbeat",    "leave_cluster",   "show_cluster",      "rescue_expired_jobs",
  "sweep",        "take_old_files",  "files_removed",     "ping",
  "snapshot",     "paint_cards",     "due_notices",       "mark_sent",
  "defer_notice", "drop_notice",     "look_at_keys"};

static_assert(kind_names.size() == std::tuple_size_v<all_requests::queues>);

} // namespace

scheduler::scheduler(const database_config& config) : config_(config) {
  std::apply([this](auto&... queue) { (kinds_.push_back(&queue), ...); }, queues_);
  for (size_t i = 0; i < kinds_.size(); ++i)
    kinds_[i]->stats.kind = kind_names[i];
}

request_queue* scheduler::longest_waiting() {
  request_queue* result = nullptr;
  for (auto* queue : kinds_) {
    if (queue->size() > 0 && queue->running < config_.batches_per_kind
        && (result == nullptr || queue->oldest() < result->oldest()))
      result = queue;
  }
  return result;
}

scheduler::task scheduler::next(std::chrono::milliseconds limit) {
  std::unique_lock hold{mutex_};
  request_queue* queue = nullptr;
  wake_.wait_for(hold, limit, [&] { return stopping_ || (queue = longest_waiting()) != nullptr; });
  if (stopping_ || queue == nullptr)
    return {};
  ++queue->running;
  return {queue->take(config_.batch_size), queue};
}

void scheduler::finished(request_queue& from, size_t requests, size_t failed, double seconds) {
  {
    const std::lock_guard hold{mutex_};
    --from.running;
    auto& x = from.stats;
    x.requests += requests;
    x.failed += failed;
    x.largest_batch = std::max(x.largest_batch, requests);
    x.seconds += seconds;
    ++x.batches;
  }
  wake_.notify_one(); // what gathered behind this batch may go now
}

void scheduler::expire() {
  const auto limit = std::chrono::steady_clock::now() - config_.patience;
  std::vector<std::unique_ptr<batch>> overdue;
  {
    const std::lock_guard hold{mutex_};
    for (auto* queue : kinds_) {
      if (queue->size() == 0 || queue->oldest() >= limit)
        continue;
      overdue.push_back(queue->take_overdue(limit));
      queue->stats.requests += overdue.back()->size();
      queue->stats.failed += overdue.back()->size();
    }
  }
  for (const auto& x : overdue)
    x->fail(caf::make_error(ec::unavailable, "no lane to the database became free in time"));
}

void scheduler::pause(std::chrono::milliseconds limit) {
  std::unique_lock hold{mutex_};
  stop_wake_.wait_for(hold, limit, [this] { return stopping_; });
}

void scheduler::stop() {
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  stop_wake_.notify_all();
}

bool scheduler::stopping() const {
  const std::lock_guard hold{mutex_};
  return stopping_;
}

void scheduler::fail_all(const caf::error& why) {
  std::vector<std::unique_ptr<batch>> rest;
  {
    const std::lock_guard hold{mutex_};
    for (auto* queue : kinds_)
      rest.push_back(queue->take_overdue(steady_time::max()));
  }
  for (const auto& x : rest)
    x->fail(why);
}

std::vector<kind_stats> scheduler::stats() const {
  const std::lock_guard hold{mutex_};
  std::vector<kind_stats> result;
  for (const auto* queue : kinds_) {
    result.push_back(queue->stats);
    result.back().waiting = queue->size();
  }
  return result;
}

} // namespace neurocards::db
