#include "actors/timer_lag.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/actors/timer_lag");

TEST_CASE("timer_lag: the greatest of the last 15 to 30 seconds is told") {
  const recent_greatest::time_point start{1h};
  recent_greatest lag;
  CHECK(lag.read(start) == 0ms);
  lag.note(40ms, start + 1s);
  lag.note(3ms, start + 2s);
  CHECK(lag.read(start + 14s) == 40ms);
  lag.note(5ms, start + 16s); // another window begins
  CHECK(lag.read(start + 17s) == 40ms);
  CHECK(lag.read(start + 32s) == 5ms);
  CHECK(lag.read(start + 62s) == 0ms); // nobody has noted anything for longer than both
}

TEST_SUITE_END();
