#include "domain/allowance.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace neurocards;
using namespace std::chrono_literals;
using verdict = allowance::verdict;

namespace {

const allowance::time_point start{1h};

} // namespace

TEST_SUITE_BEGIN("unit/domain/allowance");

TEST_CASE("allowance: grants so many in a window, tells once and begins anew after it") {
  allowance a{3, 1min};
  for (int window = 0; window < 3; ++window) {
    const auto begin = start + window * 61s;
    for (int i = 0; i < 3; ++i)
      CHECK(a.ask(begin + i * 1s) == verdict::granted);
    CHECK(a.ask(begin + 4s) == verdict::first_refused);
    CHECK(a.ask(begin + 5s) == verdict::refused);
    CHECK(a.ask(begin + 59s) == verdict::refused);
  }
}

TEST_CASE("allowance: 0 is any number") {
  allowance a{0, 1min};
  for (int i = 0; i < 1000; ++i)
    CHECK(a.ask(start) == verdict::granted);
  CHECK_FALSE(a.matters(start));
}

TEST_CASE("allowance: it matters while more than half is used up") {
  allowance a{4, 1h};
  CHECK_FALSE(a.matters(start));
  a.ask(start);
  a.ask(start);
  CHECK_FALSE(a.matters(start + 1s));
  a.ask(start);
  CHECK(a.matters(start + 59min));
  CHECK_FALSE(a.matters(start + 1h));
}

TEST_CASE("allowance: no window grants more than its number, whenever it is asked") {
  std::mt19937 random{7};
  allowance a{5, 1min};
  auto now = start;
  int granted = 0;
  for (int i = 0; i < 10'000; ++i) {
    now += std::chrono::seconds{random() % 4};
    granted += a.ask(now) == verdict::granted;
  }
  CHECK(granted <= 5 * ((now - start) / 1min + 1));
  CHECK(granted > 0);
}

TEST_SUITE_END();
