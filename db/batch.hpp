#pragma once

#include "db/database.hpp"
#include "db/locked_rows.hpp"
#include "db/operations.hpp"

#include <memory>

namespace neurocards::db {

using steady_time = std::chrono::steady_clock::time_point;

/// How a batch goes to work.
enum class approach : uint8_t {
  straight,
  check_first, // rows of this kind have been found locked lately: set those aside before waiting
};

/// What one run of a batch came to.
struct batch_outcome {
  size_t answered = 0;
  size_t failed = 0;    // of these, with an error
  size_t set_aside = 0; // not answered yet: the queue gets them back
  bool locked = false;  // something it needs is locked by somebody
  bool slow = false;    // a statement ran into its time limit
};

/// Requests of one kind taken together, to be run as one statement by one lane.
class batch {
public:
  batch() = default;
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;
  virtual ~batch() = default;

  virtual size_t size() const = 0;

  /// Runs the requests and answers each of them exactly once, save for those it sets aside. Begins
  /// no statement after `deadline`.
  virtual batch_outcome run(session&, approach, steady_time deadline) = 0;

  /// Answers with `reason` whatever has no answer yet.
  virtual void fail(const caf::error& reason) = 0;
};

/// How often a request that waits for a lock is set aside before it is answered `timed_out`: with
/// the pauses of `typed_queue`, about five seconds.
constexpr int most_tries = 8;

/// A request on its way to its answer.
template <class Request>
struct ticket {
  completion<typename Request::answer> done; // empty: answered
  steady_time since;
  int tries = 0; // how often it was set aside
};

template <class Request>
class typed_batch final : public batch {
public:
  void add(Request request, ticket<Request> of) {
    requests_.push_back(std::move(request));
    tickets_.push_back(std::move(of));
  }

  size_t size() const override { return requests_.size(); }

  std::span<const Request> requests() const { return requests_; }

  batch_outcome run(session& on, approach mode, steady_time deadline) override {
    outcome_ = {};
    deadline_ = deadline;
    size_t end = requests_.size();
    if (mode == approach::check_first) {
      end = part_locked(on, 0, end);
      set_aside(end, requests_.size());
    }
    run(on, 0, end);
    return outcome_;
  }

  void fail(const caf::error& reason) override { refuse(0, tickets_.size(), reason); }

  /// Hands out what has no answer yet, in order.
  template <class F>
  void take_unanswered(F take) {
    for (size_t i = 0; i < tickets_.size(); ++i)
      if (tickets_[i].done)
        take(std::move(requests_[i]), std::move(tickets_[i]));
  }

private:
  /// A batch with bad data is halved until the guilty request stands alone. Waiting is not bad
  /// data: halving would only wait again and again, and keep this lane from everybody.
  void run(session& on, size_t begin, size_t end) {
    if (begin == end)
      return;
    if (std::chrono::steady_clock::now() >= deadline_)
      return set_aside(begin, end);
    answers<Request> result;
    const auto got = on.attempt([&] {
      result = execute(on, std::span<const Request>{requests_}.subspan(begin, end - begin));
    });
    if (got.reason == hindrance::none)
      return answer(begin, result);
    if (got.reason == hindrance::locked) {
      const size_t locked = part_locked(on, begin, end);
      set_aside(locked, end);
      return locked == end ? set_aside(begin, end) : run(on, begin, locked);
    }
    outcome_.slow = outcome_.slow || got.reason == hindrance::slow;
    if (end - begin == 1 || got.error == ec::unavailable || got.reason == hindrance::slow)
      return refuse(begin, end, got.error);
    const size_t middle = begin + (end - begin) / 2;
    run(on, begin, middle);
    run(on, middle, end);
  }

  void answer(size_t begin, answers<Request>& result) {
    outcome_.answered += result.size();
    for (size_t i = 0; i < result.size(); ++i)
      std::exchange(tickets_[begin + i].done, nullptr)(std::move(result[i]));
  }

  void refuse(size_t begin, size_t end, const caf::error& cause) {
    for (size_t i = begin; i < end; ++i) {
      if (!tickets_[i].done)
        continue;
      ++outcome_.answered;
      ++outcome_.failed;
      std::exchange(tickets_[i].done, nullptr)(cause);
    }
  }

  /// They keep their places in the batch until the queue takes them back.
  void set_aside(size_t begin, size_t end) {
    outcome_.locked = outcome_.locked || begin < end;
    for (size_t i = begin; i < end; ++i) {
      if (++tickets_[i].tries < most_tries)
        ++outcome_.set_aside;
      else
        refuse(i, i + 1, caf::make_error(ec::timed_out, "somebody has locked what it needs"));
    }
  }

  /// Moves the requests that would wait for a locked row to the end of their range, and returns
  /// where those begin: `end` if nothing is locked of what we can ask for.
  size_t part_locked(session& on, size_t begin, size_t end) {
    std::vector<bool> locked(end - begin);
    if constexpr (has_rows_to_check<Request>)
      on.attempt([&] {
        locked = locked_rows(on, std::span<const Request>{requests_}.subspan(begin, end - begin));
      });
    typed_batch others;
    size_t free = begin;
    for (size_t i = begin; i < end; ++i) {
      if (locked[i - begin]) {
        others.add(std::move(requests_[i]), std::move(tickets_[i]));
      } else if (free++ != i) {
        requests_[free - 1] = std::move(requests_[i]);
        tickets_[free - 1] = std::move(tickets_[i]);
      }
    }
    std::ranges::move(others.requests_, requests_.begin() + static_cast<std::ptrdiff_t>(free));
    std::ranges::move(others.tickets_, tickets_.begin() + static_cast<std::ptrdiff_t>(free));
    return free;
  }

  std::vector<Request> requests_;
  std::vector<ticket<Request>> tickets_;
  batch_outcome outcome_;
  steady_time deadline_;
};

} // namespace neurocards::db
