#include "node/drain_wait.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

struct outcome {
  bool complete = false;
  clock_type::duration took{};
};

/// Waits for what is never done while a call is unanswered until `answered` has passed.
outcome wait_for_nothing(drain_limits limits, clock_type::duration answered) {
  std::promise<bool> never;
  const auto start = clock_type::now();
  const bool complete = wait_for_drain(never.get_future(), limits, [&]() -> int64_t {
    return clock_type::now() - start < answered ? 1 : 0;
  });
  return {complete, clock_type::now() - start};
}

} // namespace

TEST_SUITE_BEGIN("unit/node/drain_wait");

TEST_CASE("drain wait: a drain that is done ends the wait at once, with what it brings") {
  for (const bool well : {true, false}) {
    std::promise<bool> done;
    done.set_value(well);
    CHECK(wait_for_drain(done.get_future(), {1h, 1h}, [] { return 1; }) == well);
  }
}

TEST_CASE("drain wait: a drain waits its limit, and longer only while a call is unanswered") {
  auto x = wait_for_nothing({100ms, 1h}, 0s);
  CHECK_FALSE(x.complete);
  CHECK(x.took >= 100ms);
  CHECK(x.took < 10s);
  x = wait_for_nothing({200ms, 1h}, 600ms); // and what follows of the call gets the limit again
  CHECK(x.took >= 700ms);
  CHECK(x.took < 10s);
}

TEST_CASE("drain wait: a drain never waits longer than both limits together") {
  const auto x = wait_for_nothing({100ms, 300ms}, 1h);
  CHECK_FALSE(x.complete);
  CHECK(x.took >= 400ms);
  CHECK(x.took < 10s);
}

TEST_SUITE_END();
