#pragma once

#include "db/database.hpp"
#include "db/operations.hpp"

#include <deque>
#include <memory>

namespace neurocards::db {

using steady_time = std::chrono::steady_clock::time_point;

/// Requests of one kind taken together, to be run as one statement by one lane.
class batch {
public:
  batch() = default;
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;
  virtual ~batch() = default;

  virtual size_t size() const = 0;

  /// Runs all requests and answers each of them exactly once. Returns how many failed.
  virtual size_t run(session&) = 0;

  /// Answers all of them with `why`, unrun.
  virtual void fail(const caf::error& why) = 0;
};

/// What waits of one kind. Not thread-safe: `database` guards it.
class request_queue {
public:
  request_queue() = default;
  request_queue(const request_queue&) = delete;
  request_queue& operator=(const request_queue&) = delete;
  virtual ~request_queue() = default;

  virtual size_t size() const = 0;
  virtual steady_time oldest() const = 0; // requires: not empty
  virtual std::unique_ptr<batch> take(size_t limit) = 0;

  /// Takes out what waits since before `limit`.
  virtual std::unique_ptr<batch> take_overdue(steady_time limit) = 0;

  int running = 0; // batches of this kind in the hands of lanes
  kind_stats stats;
};

template <class Request>
class typed_batch final : public batch {
public:
  using answer = typename Request::answer;

  void add(Request request, completion<answer> done) {
    requests_.push_back(std::move(request));
    completions_.push_back(std::move(done));
  }

  size_t size() const override { return requests_.size(); }

  size_t run(session& on) override { return run(on, 0, requests_.size()); }

  void fail(const caf::error& why) override {
    for (auto& done : completions_)
      done(why);
  }

private:
  /// A batch that fails is halved until the guilty request stands alone.
  size_t run(session& on, size_t begin, size_t end) {
    answers<Request> result;
    const auto err = on.attempt([&] {
      result = execute(on, std::span<const Request>{requests_}.subspan(begin, end - begin));
    });
    if (!err) {
      for (size_t i = begin; i < end; ++i)
        completions_[i](std::move(result[i - begin]));
      return 0;
    }
    if (end - begin == 1 || err == ec::unavailable) {
      for (size_t i = begin; i < end; ++i)
        completions_[i](err);
      return end - begin;
    }
    const size_t middle = begin + (end - begin) / 2;
    const size_t failed = run(on, begin, middle);
    return failed + run(on, middle, end);
  }

  std::vector<Request> requests_;
  std::vector<completion<answer>> completions_;
};

template <class Request>
class typed_queue final : public request_queue {
public:
  void add(Request request, completion<typename Request::answer> done) {
    waiting_.push_back({std::move(request), std::move(done), std::chrono::steady_clock::now()});
  }

  size_t size() const override { return waiting_.size(); }
  steady_time oldest() const override { return waiting_.front().since; }

  std::unique_ptr<batch> take(size_t limit) override {
    return take_first(std::min({limit, batch_limit<Request>, waiting_.size()}));
  }

  std::unique_ptr<batch> take_overdue(steady_time limit) override {
    size_t count = 0;
    while (count < waiting_.size() && waiting_[count].since < limit)
      ++count;
    return take_first(count);
  }

private:
  struct entry {
    Request request;
    completion<typename Request::answer> done;
    steady_time since;
  };

  std::unique_ptr<batch> take_first(size_t count) {
    auto result = std::make_unique<typed_batch<Request>>();
    for (; count > 0; --count) {
      result->add(std::move(waiting_.front().request), std::move(waiting_.front().done));
      waiting_.pop_front();
    }
    return result;
  }

  std::deque<entry> waiting_;
};

} // namespace neurocards::db
