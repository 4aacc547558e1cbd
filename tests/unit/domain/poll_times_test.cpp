#include "domain/poll_times.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

const poll_times::time_point start{1000h};

poll_times::time_point next(poll_times::nanoseconds answered, poll_times::nanoseconds give_up,
                            poll_times::nanoseconds asked = 0s) {
  return poll_times::next({start, start + answered, start + give_up, asked}, 14s, 15s);
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/poll_times");

TEST_CASE("poll_times: a new task has its first poll after an interval") {
  CHECK(poll_times::first(15s, 15s, 0.9) == 15s);
}

TEST_CASE("poll_times: what was taken over is polled within two seconds or the interval") {
  CHECK(poll_times::first(15s, 0s, 0.5) == 1s);
  CHECK(poll_times::first(1s, 0s, 0.5) == 500ms);
  CHECK(poll_times::first(15s, 4s, 0.5) == 4s);
}

TEST_CASE(
  "poll_times: what was taken over at once is spread over an interval after its first poll") {
  CHECK(poll_times::second(15s, 0) == 0s);
  CHECK(poll_times::second(15s, 0.5) == 7500ms);
}

TEST_CASE("poll_times: the next poll is counted from the beginning of the last") {
  CHECK(next(200ms, 1h) == start + 14s);
}

TEST_CASE("poll_times: slow answers and wishes of the provider delay the next poll") {
  CHECK(next(13s, 1h) == start + 13s + 1500ms);
  CHECK(next(200ms, 1h, 30s) == start + 30'200ms);
}

TEST_CASE("poll_times: one poll falls on the end of a task's time") {
  CHECK(next(200ms, 10s) == start + 10s);
  CHECK(next(200ms, 100ms) == start + 14s); // it is over already
}

TEST_CASE("poll_times: workers share the queries of a key in whole numbers") {
  CHECK(poll_times::query_spacing(10, 1) == 110ms);
  CHECK(poll_times::query_spacing(10, 3) == 366'666'666ns); // three each
  CHECK(poll_times::query_spacing(10, 10) == 1100ms);
  CHECK(poll_times::query_spacing(10, 20) == 2200ms);
}

TEST_SUITE_END();
