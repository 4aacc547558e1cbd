#include "actors/timer_lag.hpp"

#include <algorithm>

namespace neurocards {

namespace {

constexpr auto window = std::chrono::seconds{15};

} // namespace

void recent_greatest::note(caf::timespan x, time_point now) {
  const std::lock_guard guard{mutex_};
  turn(now);
  current_ = std::max(current_, x);
}

caf::timespan recent_greatest::read(time_point now) {
  const std::lock_guard guard{mutex_};
  turn(now);
  return std::max(current_, before_);
}

void recent_greatest::turn(time_point now) {
  if (now - began_ < window)
    return;
  before_ = now - began_ < 2 * window ? current_ : caf::timespan::zero();
  current_ = caf::timespan::zero();
  began_ = now;
}

recent_greatest& timer_lag() {
  static recent_greatest result;
  return result;
}

} // namespace neurocards
