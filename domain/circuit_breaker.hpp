#pragma once

#include <algorithm>
#include <chrono>

namespace neurocards {

/// Spares a service that is down, and us the waiting: after `threshold` failures in a row nothing
/// is let through for `cooldown`, then one trial at a time until one succeeds. Time is an argument.
class circuit_breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  circuit_breaker(int threshold, duration cooldown) : threshold_(threshold), cooldown_(cooldown) {}

  /// Whether a request may go out now. A granted trial must be reported by one of the next three.
  bool allows(time_point now) {
    if (now < open_until_)
      return false;
    if (failures_ < threshold_)
      return true;
    if (trial_)
      return false;
    trial_ = true;
    return true;
  }

  void succeeded() {
    failures_ = 0;
    trial_ = false;
  }

  void failed(time_point now) {
    trial_ = false;
    if (++failures_ >= threshold_)
      open_until_ = std::max(open_until_, now + cooldown_); // late failures shorten no longer pause
  }

  /// Nothing will pass until somebody acts: opens at once and for longer.
  void broke(time_point now, duration cooldown) {
    trial_ = false;
    failures_ = threshold_;
    open_until_ = std::max(open_until_, now + cooldown);
  }

  bool open(time_point now) const { return now < open_until_ || failures_ >= threshold_; }

private:
  int threshold_;
  duration cooldown_;
  int failures_ = 0;
  bool trial_ = false;
  time_point open_until_{};
};

} // namespace neurocards
