#pragma once

#include "base/log.hpp"

#include <chrono>

namespace neurocards::log {

/// A limiter for faults that strangers can bring about and end as they like: they count as over
/// only when nothing has happened for a minute, so that neither the fault nor its end floods the
/// log. Not thread-safe.
class spell {
public:
  using clock = std::chrono::steady_clock;
  static constexpr auto quiet = std::chrono::minutes{1};

  /// True when this occurrence is to be logged: the first, and at every power of two.
  bool should_log(clock::time_point now = clock::now()) {
    last_ = now;
    return limiter_.should_log();
  }

  /// How many there have been.
  uint64_t count() const { return limiter_.count(); }

  /// How many there were, once, after they have ended; otherwise 0.
  uint64_t over(clock::time_point now = clock::now()) {
    return limiter_.count() > 0 && now - last_ >= quiet ? limiter_.reset() : 0;
  }

private:
  limiter limiter_;
  clock::time_point last_;
};

} // namespace neurocards::log
