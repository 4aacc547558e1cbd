#include "domain/circuit_breaker.hpp"

#include <doctest/doctest.h>

using neurocards::circuit_breaker;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/domain/circuit_breaker");

TEST_CASE("circuit_breaker: opens after its failures in a row and not before") {
  circuit_breaker breaker{3, 10s};
  const circuit_breaker::time_point now{1h};
  breaker.failed(now);
  breaker.failed(now);
  CHECK(breaker.allows(now));
  breaker.succeeded();
  breaker.failed(now);
  breaker.failed(now);
  CHECK(breaker.allows(now));
  breaker.failed(now);
  CHECK_FALSE(breaker.allows(now));
  CHECK_FALSE(breaker.allows(now + 9s));
}

TEST_CASE("circuit_breaker: lets one trial through and closes when it succeeds") {
  circuit_breaker breaker{1, 10s};
  const circuit_breaker::time_point now{1h};
  breaker.failed(now);
  CHECK(breaker.allows(now + 10s));
  CHECK_FALSE(breaker.allows(now + 10s));
  breaker.failed(now + 11s);
  CHECK_FALSE(breaker.allows(now + 20s));
  CHECK(breaker.allows(now + 21s));
  breaker.succeeded();
  CHECK(breaker.allows(now + 21s));
  CHECK(breaker.allows(now + 21s));
}

TEST_CASE("circuit_breaker: stays open for as long as a break asks") {
  circuit_breaker breaker{5, 10s};
  const circuit_breaker::time_point now{1h};
  breaker.broke(now, 1h);
  CHECK(breaker.open(now + 59min));
  CHECK_FALSE(breaker.allows(now + 59min));
  CHECK(breaker.allows(now + 1h));
}

TEST_CASE("circuit_breaker: keeps a long pause whatever ends late of what went out before it") {
  circuit_breaker breaker{2, 10s};
  const circuit_breaker::time_point now{1h};
  breaker.broke(now, 1h);
  breaker.failed(now + 1min);
  breaker.failed(now + 1min);
  breaker.broke(now + 2min, 1min);
  CHECK_FALSE(breaker.allows(now + 59min));
  breaker.succeeded();
  CHECK_FALSE(breaker.allows(now + 59min));
  CHECK(breaker.allows(now + 1h));
}

TEST_SUITE_END();
