#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

namespace neurocards {

/// Whether a service answers this process. Thread-safe.
class reachability {
public:
  using clock = std::chrono::steady_clock;

  /// A sign of life: an answer, or a new connection that was completed.
  void answered(clock::time_point now = clock::now()) noexcept {
    first_miss_ = never;
    last_sign_ = now.time_since_epoch();
  }

  /// A request was not answered: no connection, or it was cut or timed out.
  void missed(clock::time_point now = clock::now()) noexcept {
    last_miss_ = now.time_since_epoch();
    auto expected = never;
    first_miss_.compare_exchange_strong(expected, now.time_since_epoch());
  }

  /// What was missed so far proves nothing any more.
  void forget() noexcept { first_miss_ = never; }

  /// For how long every request has gone unanswered: from the first miss after the last sign of
  /// life to the latest. A request that still waits proves nothing: on a quiet day a long poll
  /// waits, too.
  std::chrono::milliseconds silence() const noexcept {
    const auto since = first_miss_.load();
    if (since == never)
      return {};
    return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(last_miss_.load() - since, clock::duration{0}));
  }

  /// Whether there was a sign of life within the last `period`.
  bool heard_within(clock::duration period, clock::time_point now = clock::now()) const noexcept {
    const auto last = last_sign_.load();
    return last != never && now.time_since_epoch() - last <= period;
  }

private:
  static constexpr clock::duration never = clock::duration::min();

  std::atomic<clock::duration> first_miss_{never};
  std::atomic<clock::duration> last_miss_{never};
  std::atomic<clock::duration> last_sign_{never};
};

} // namespace neurocards
