#pragma once

#include "base/jitter.hpp"
#include "db/batch.hpp"
#include "db/batches_at_once.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_set>

namespace neurocards::db {

/// What waits of one kind. Not thread-safe: `scheduler` guards it.
class request_queue {
public:
  request_queue() = default;
  request_queue(const request_queue&) = delete;
  request_queue& operator=(const request_queue&) = delete;
  virtual ~request_queue() = default;

  virtual size_t size() const = 0;

  /// Since when the oldest waits that may run now; none if none may.
  virtual std::optional<steady_time> ready_since(steady_time now) const = 0;

  /// When the next of those set aside may run.
  virtual steady_time next_due() const = 0;

  virtual std::unique_ptr<batch> take(size_t limit, steady_time now) = 0;

  /// Takes out what waits since before `limit`; null if nothing does.
  virtual std::unique_ptr<batch> take_overdue(steady_time limit) = 0;

  /// A batch that was taken runs no more.
  virtual void ended(const batch&) = 0;

  /// Keeps what a batch of this queue has set aside, for a later try.
  virtual void put_back(batch&, steady_time now) = 0;

  store::way through = store::way::common;
  int running = 0;          // batches of this kind in the hands of lanes
  int most_running = 1;     // at once
  steady_time wary_until{}; // until then batches ask for locked rows first
  size_t batch_limit = 0;   // for a while, after a batch was too slow; 0: none
  kind_stats stats;
};

template <class Request>
class typed_queue final : public request_queue {
public:
  typed_queue() {
    most_running = at_once::most;
    through = Request::traits.through;
    stats.kind = Request::traits.name;
  }

  void add(Request request, completion<typename Request::answer> done) {
    waiting_.push_back(
      {std::move(request), {std::move(done), std::chrono::steady_clock::now()}, {}});
  }

  size_t size() const override { return waiting_.size() + aside_.size(); }

  /// Whether something waits that was not set aside.
  bool has_fresh() const { return !waiting_.empty(); }

  std::optional<steady_time> ready_since(steady_time now) const override {
    std::optional<steady_time> result;
    if (!waiting_.empty() && may_run(waiting_.front()))
      result = waiting_.front().of.since;
    for (const auto& x : aside_)
      if (x.due <= now && may_run(x))
        result = std::min(x.of.since, result.value_or(x.of.since));
    return result;
  }

  steady_time next_due() const override {
    auto result = steady_time::max();
    for (const auto& x : aside_)
      if (may_run(x)) // else the end of what it waits for wakes a lane
        result = std::min(result, x.due);
    return result;
  }

  std::unique_ptr<batch> take(size_t limit, steady_time now) override {
    auto result = std::make_unique<typed_batch<Request>>();
    const auto most = std::min(limit, Request::traits.batch_limit);
    std::erase_if(aside_, [&](entry& x) {
      if (x.due > now || !may_run(x) || result->size() >= most)
        return false;
      result->add(std::move(x.request), std::move(x.of));
      return true;
    });
    for (; !waiting_.empty() && may_run(waiting_.front()) && result->size() < most;
         waiting_.pop_front())
      result->add(std::move(waiting_.front().request), std::move(waiting_.front().of));
    if constexpr (at_once::most > 1)
      for (const auto& x : result->requests())
        owners_.insert(at_once::owner(x));
    return result;
  }

  std::unique_ptr<batch> take_overdue(steady_time limit) override {
    if (size() == 0)
      return nullptr; // nearly always
    auto result = std::make_unique<typed_batch<Request>>();
    const auto take = [&](entry& x) {
      if (x.of.since >= limit)
        return false;
      result->add(std::move(x.request), std::move(x.of));
      return true;
    };
    std::erase_if(aside_, take);
    while (!waiting_.empty() && take(waiting_.front()))
      waiting_.pop_front();
    if (result->size() == 0)
      return nullptr;
    return result;
  }

  void ended(const batch& taken) override {
    if constexpr (at_once::most > 1)
      for (const auto& x : static_cast<const typed_batch<Request>&>(taken).requests())
        owners_.erase(owners_.find(at_once::owner(x)));
  }

  void put_back(batch& from, steady_time now) override {
    static_cast<typed_batch<Request>&>(from).take_unanswered(
      [&](Request request, ticket<Request> of) {
        const auto due = now + pause_after(of.tries);
        aside_.push_back({std::move(request), std::move(of), due});
      });
  }

private:
  using at_once = batches_at_once<Request>;

  struct entry {
    Request request;
    ticket<Request> of;
    steady_time due; // of one that was set aside
  };

  bool may_run(const entry& x) const {
    if constexpr (at_once::most > 1)
      return !owners_.contains(at_once::owner(x.request));
    else
      return true;
  }

  /// 0.1, 0.2, 0.4, 0.8 s, then a second each.
  static std::chrono::nanoseconds pause_after(int tries) {
    using namespace std::chrono_literals;
    return with_jitter(
      std::min<std::chrono::nanoseconds>(100ms * (1 << std::min(tries - 1, 4)), 1s));
  }

  std::deque<entry> waiting_;
  std::vector<entry> aside_;                // they wait for what somebody has locked
  std::unordered_multiset<int64_t> owners_; // of what is in batches, where several run at once
};

} // namespace neurocards::db
