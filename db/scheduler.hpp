#pragma once

#include "db/request_queue.hpp"

#include <array>
#include <condition_variable>
#include <mutex>

namespace neurocards::db {

using store::way;

/// Decides which waiting requests run next. Shared by the lanes; every member is thread-safe.
class scheduler {
public:
  explicit scheduler(const database_config&);

  template <class Request>
  void add(Request request, completion<typename Request::answer> done);

  /// A batch, the queue it came from, and how to run it.
  struct task {
    std::unique_ptr<batch> work; // null: none came within the wait, or the end has come
    request_queue* from = nullptr;
    approach mode = approach::straight;
    steady_time deadline;
  };

  /// Waits up to `limit` until there is a batch to run for a lane of this way. Of the lanes that
  /// wait, the one that `worked` last is woken: its connection has planned what is asked for, and
  /// the processor's caches still have it.
  task next(way, std::chrono::milliseconds limit, steady_time worked = {});

  /// A task has been run; keeps what its batch has set aside.
  void finished(task&, const batch_outcome&, double seconds);

  /// Whether the lane of this way has its connection. While it has not, common lanes do its work.
  void set_open(way, bool);

  /// Fails what has waited longer than the patience. To be called now and then while no lane works.
  void expire();

  /// Waits up to `limit`, or until the end has come.
  void pause(std::chrono::milliseconds limit);

  /// From now on nothing is accepted or given out.
  void stop();
  bool stopping() const;

  /// Answers all that waits.
  void fail_all(const caf::error& reason);

  std::vector<kind_stats> stats() const;

private:
  /// A lane that waits.
  struct sleeper {
    steady_time worked;
    bool called = false;
    std::condition_variable wake = {};
  };

  bool serves(way lane, const request_queue&) const;
  request_queue* longest_waiting(way, steady_time now);
  steady_time next_due(way) const;
  void sleep(std::unique_lock<std::mutex>&, way, steady_time worked, steady_time until);
  void wake_one(way);
  void wake_all(way);
  void wake(const request_queue&);

  const database_config config_;
  mutable std::mutex mutex_;
  std::array<std::vector<sleeper*>, store::ways> asleep_; // lanes of each way
  std::array<bool, store::ways> open_{};
  std::condition_variable stop_wake_;
  bool stopping_ = false;
  std::vector<std::unique_ptr<request_queue>> queues_; // in the order of `all_requests`
};

template <class Request>
void scheduler::add(Request request, completion<typename Request::answer> done) {
  auto& queue =
    static_cast<typed_queue<Request>&>(*queues_.at(store::all_requests::position<Request>));
  caf::error refusal;
  {
    const std::lock_guard hold{mutex_};
    const bool first = queue.running < queue.most_running && !queue.has_fresh();
    if (stopping_) {
      refusal = caf::make_error(ec::shutting_down, "the database lanes are closed");
    } else if (queue.size() >= config_.waiting_per_kind) {
      refusal = caf::make_error(ec::overloaded, std::string{queue.stats.kind}, queue.size());
    } else {
      queue.add(std::move(request), std::move(done));
      if (first) // for the others a lane is awake already, or takes them when its batch has ended
        wake(queue);
    }
  }
  if (refusal)
    done(std::move(refusal));
}

} // namespace neurocards::db
