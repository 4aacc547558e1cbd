#include "db/scheduler.hpp"

#include "protocol/store/catalogue.hpp"

#include <algorithm>

namespace neurocards::db {

namespace {

/// How long a kind remembers that rows were locked: a little longer than it pauses between two
/// tries.
constexpr auto wary_for = std::chrono::seconds{2};

} // namespace

scheduler::scheduler(const database_config& config) : config_(config) {
  store::all_requests::visit([this]<class... Requests>() {
    (queues_.push_back(std::make_unique<typed_queue<Requests>>()), ...);
  });
}

bool scheduler::serves(way lane, const request_queue& queue) const {
  return queue.through == lane
         || (lane == way::common && !open_.at(static_cast<size_t>(queue.through)));
}

request_queue* scheduler::longest_waiting(way lane, steady_time now) {
  request_queue* result = nullptr;
  auto oldest = steady_time::max();
  for (const auto& queue : queues_) {
    if (!serves(lane, *queue) || queue->running >= queue->most_running)
      continue;
    if (const auto since = queue->ready_since(now); since && *since < oldest) {
      oldest = *since;
      result = queue.get();
    }
  }
  return result;
}

steady_time scheduler::next_due(way lane) const {
  auto result = steady_time::max();
  for (const auto& queue : queues_)
    if (serves(lane, *queue) && queue->running < queue->most_running)
      result = std::min(result, queue->next_due());
  return result;
}

/// Called by name, a lane may find that another has taken what it was called for; woken by the
/// clock it takes its name back.
void scheduler::sleep(std::unique_lock<std::mutex>& hold, way lane, steady_time worked,
                      steady_time until) {
  auto& all = asleep_.at(static_cast<size_t>(lane));
  sleeper me{worked};
  all.push_back(&me);
  me.wake.wait_until(hold, until, [&me] { return me.called; });
  if (!me.called)
    std::erase(all, &me);
}

/// With the mutex held, so that whoever is called is still there.
void scheduler::wake_one(way lane) {
  auto& all = asleep_.at(static_cast<size_t>(lane));
  const auto last = std::ranges::max_element(all, {}, &sleeper::worked);
  if (last == all.end())
    return;
  (*last)->called = true;
  (*last)->wake.notify_one();
  all.erase(last);
}

void scheduler::wake_all(way lane) {
  while (!asleep_.at(static_cast<size_t>(lane)).empty())
    wake_one(lane);
}

scheduler::task scheduler::next(way lane, std::chrono::milliseconds limit, steady_time worked) {
  std::unique_lock hold{mutex_};
  auto now = std::chrono::steady_clock::now();
  const auto until = now + limit;
  auto* queue = longest_waiting(lane, now);
  while (queue == nullptr && now < until && !stopping_) {
    sleep(hold, lane, worked, std::min(until, next_due(lane)));
    now = std::chrono::steady_clock::now();
    queue = longest_waiting(lane, now);
  }
  if (stopping_ || queue == nullptr)
    return {};
  ++queue->running;
  const auto limit_now = queue->batch_limit > 0 ? queue->batch_limit : config_.batch_size;
  const bool woken_for_others = queue->next_due() <= now; // perhaps: a clock brings these
  task result{queue->take(limit_now, now), queue,
              now < queue->wary_until ? approach::check_first : approach::straight,
              now + config_.batch_time};
  if (woken_for_others || (queue->size() > 0 && queue->running < queue->most_running))
    wake_one(lane);
  return result;
}

void scheduler::finished(task& done, const batch_outcome& outcome, double seconds) {
  auto& from = *done.from;
  const auto size = done.work->size();
  const std::lock_guard hold{mutex_};
  const auto now = std::chrono::steady_clock::now();
  --from.running;
  from.ended(*done.work);
  if (outcome.set_aside > 0)
    from.put_back(*done.work, now);
  if (outcome.locked)
    from.wary_until = now + wary_for;
  // What was too much at once is tried in smaller pieces until that goes well.
  if (outcome.slow)
    from.batch_limit = std::max<size_t>(1, size / 2);
  else if (from.batch_limit > 0 && outcome.answered > 0)
    from.batch_limit = from.batch_limit * 2 < config_.batch_size ? from.batch_limit * 2 : 0;
  auto& x = from.stats;
  x.requests += outcome.answered;
  x.failed += outcome.failed;
  x.set_aside += outcome.set_aside;
  x.largest_batch = std::max(x.largest_batch, size);
  x.seconds += seconds;
  ++x.batches;
  if (from.size() > 0)
    wake(from); // what gathered behind this batch may go now
}

void scheduler::set_open(way lane, bool open) {
  if (lane == way::common)
    return; // there are several, and nobody to take their work over
  const std::lock_guard hold{mutex_};
  open_.at(static_cast<size_t>(lane)) = open;
  wake_all(way::common);
}

/// One lane is enough. Should a kind's own lane close just now, `set_open` wakes the common ones.
void scheduler::wake(const request_queue& queue) {
  wake_one(queue.through);
  if (queue.through != way::common && !open_.at(static_cast<size_t>(queue.through)))
    wake_one(way::common);
}

void scheduler::expire() {
  const auto limit = std::chrono::steady_clock::now() - config_.patience;
  std::vector<std::unique_ptr<batch>> overdue;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& queue : queues_) {
      auto late = queue->take_overdue(limit);
      if (!late)
        continue;
      overdue.push_back(std::move(late));
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
  const std::lock_guard hold{mutex_};
  stopping_ = true;
  for (size_t lane = 0; lane < store::ways; ++lane)
    wake_all(static_cast<way>(lane));
  stop_wake_.notify_all();
}

bool scheduler::stopping() const {
  const std::lock_guard hold{mutex_};
  return stopping_;
}

void scheduler::fail_all(const caf::error& reason) {
  std::vector<std::unique_ptr<batch>> remaining;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& queue : queues_)
      if (auto left = queue->take_overdue(steady_time::max()))
        remaining.push_back(std::move(left));
  }
  for (const auto& x : remaining)
    x->fail(reason);
}

std::vector<kind_stats> scheduler::stats() const {
  const std::lock_guard hold{mutex_};
  std::vector<kind_stats> result;
  for (const auto& queue : queues_) {
    result.push_back(queue->stats);
    result.back().waiting = queue->size();
  }
  return result;
}

} // namespace neurocards::db
