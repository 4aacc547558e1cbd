#include "base/reachability.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/base/reachability");

TEST_CASE(
  "reachability: silence lasts from the first to the latest request that was not answered") {
  reachability x;
  const auto t = reachability::clock::now();
  CHECK(x.silence() == 0ms);
  x.missed(t);
  CHECK(x.silence() == 0ms); // one miss proves nothing, however long the next request may wait
  x.missed(t + 5s);
  x.missed(t + 7s);
  CHECK(x.silence() == 7s);
  x.answered();
  CHECK(x.silence() == 0ms);
  x.missed(t + 9s);
  x.missed(t + 10s);
  CHECK(x.silence() == 1s);
  x.forget();
  CHECK(x.silence() == 0ms);
}

TEST_CASE("reachability: a sign of life is remembered for a while, whatever is missed after it") {
  reachability x;
  const auto t = reachability::clock::now();
  CHECK_FALSE(x.heard_within(1h, t));
  x.answered(t);
  x.missed(t + 1s);
  CHECK(x.heard_within(5s, t + 5s));
  CHECK_FALSE(x.heard_within(5s, t + 6s));
  x.forget();
  CHECK(x.heard_within(5s, t + 5s));
}

TEST_SUITE_END();
