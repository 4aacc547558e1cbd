#pragma once

#include <caf/timespan.hpp>

#include <chrono>
#include <mutex>

namespace neurocards {

/// The greatest of some durations in the last 15 to 30 seconds. Safe to use from any thread.
class recent_greatest {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void note(caf::timespan x, time_point now);

  /// Zero: none was noted.
  caf::timespan read(time_point now);

private:
  void turn(time_point now);

  std::mutex mutex_;
  time_point began_ = {}; // of the window that runs
  caf::timespan current_ = caf::timespan::zero();
  caf::timespan before_ = caf::timespan::zero();
};

/// How late this process' timer wheel has turned.
recent_greatest& timer_lag();

} // namespace neurocards
