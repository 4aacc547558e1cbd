#include "actors/handling_times.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>

using namespace neurocards;

TEST_SUITE_BEGIN("unit/actors/handling_times");

TEST_CASE("handling times: a duration is counted in the first bucket that holds it") {
  const auto times = std::make_unique<handling_times>();
  times->add(7, 100'000); // 0.1 ms: the end belongs to its bucket
  times->add(7, 100'001);
  times->add(7, 30'000'000);
  times->add(7, 3'000'000'000);
  const auto rows = times->read();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].key == 7);
  CHECK(rows[0].counts == std::array<int64_t, 8>{1, 1, 0, 0, 1, 0, 0, 1});
  CHECK(rows[0].sum_ns == 3'030'200'001);
}

TEST_CASE("handling times: what finds no place is counted together") {
  const auto times = std::make_unique<handling_times>();
  for (message_key key = 1; key <= 70; ++key)
    times->add(key, 10);
  const auto rows = times->read();
  CHECK(rows.size() == 65);
  const auto others = std::ranges::find(rows, message_key{0}, &handling_times::row::key);
  REQUIRE(others != rows.end());
  CHECK(others->counts[0] == 6);
}

TEST_CASE("handling times: threads that meet a message at once give it one place") {
  const auto times = std::make_unique<handling_times>();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&times] {
      for (int n = 0; n < 10'000; ++n)
        times->add(static_cast<message_key>(1 + n % 20), 1);
    });
  for (auto& x : threads)
    x.join();
  const auto rows = times->read();
  REQUIRE(rows.size() == 20);
  for (const auto& x : rows)
    CHECK(x.counts[0] == 2'000);
}

TEST_SUITE_END();
