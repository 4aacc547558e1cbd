#include "domain/time_ordered.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/domain/time_ordered");

TEST_CASE("time_ordered: begins with the milliseconds, and keeps the random bits and the version") {
  const auto random = *uuid::parse("ffffffff-ffff-4fff-bfff-fffffffffffe");
  const std::chrono::system_clock::time_point now{0x0123456789ABms};
  CHECK(to_string(time_ordered(random, now)) == "01234567-89ab-4fff-bfff-fffffffffffe");
}

TEST_CASE("time_ordered: who is made later is greater, as text too; at once all are different") {
  const std::chrono::system_clock::time_point now{1'800'000'000'000ms};
  std::set<std::string> made;
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    const auto id = to_string(time_ordered(uuid::random(), now + i * 1ms));
    CHECK(id > last);
    last = id;
    made.insert(to_string(time_ordered(uuid::random(), now)));
  }
  CHECK(made.size() == 1000);
  CHECK(*made.rbegin() < last);
}

TEST_SUITE_END();
