#include "domain/telegram_outage.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;
using sign = telegram_outage::sign;

namespace {

const telegram_outage::time_point start{1h};
constexpr double exactly = 0.5; // no jitter

} // namespace

TEST_SUITE_BEGIN("unit/domain/telegram_outage");

TEST_CASE("telegram_outage: each failure to reach it doubles the pause, up to half a minute") {
  telegram_outage outage;
  auto now = start;
  for (const auto pause :
       {250ms, 500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16000ms, 30000ms, 30000ms}) {
    const auto got = outage.on_send(sign::not_sent, now, exactly);
    REQUIRE(got.until);
    CHECK(*got.until - now == pause);
    CHECK(outage.probing());
    now = *got.until;
  }
}

TEST_CASE("telegram_outage: what had been sent before the pause does not prolong it") {
  telegram_outage outage;
  const auto until = outage.on_send(sign::not_sent, start, exactly).until;
  REQUIRE(until);
  CHECK_FALSE(outage.on_send(sign::not_sent, start + 100ms, exactly).until);
  CHECK(outage.on_send(sign::not_sent, *until, exactly).until == *until + 500ms);
}

TEST_CASE("telegram_outage: any answer ends it, and the next one begins anew") {
  telegram_outage outage;
  CHECK_FALSE(outage.on_send(sign::answered, start, exactly).recovered); // there was none
  outage.on_send(sign::not_sent, start, exactly);
  outage.on_send(sign::not_sent, start + 1s, exactly);
  const auto got = outage.on_send(sign::answered, start + 2s, exactly);
  CHECK(got.recovered);
  CHECK_FALSE(got.until);
  CHECK_FALSE(outage.probing());
  CHECK(outage.on_send(sign::not_sent, start + 3s, exactly).until == start + 3s + 250ms);
}

TEST_CASE("telegram_outage: a refused token is tried once a minute") {
  telegram_outage outage;
  CHECK(outage.on_send(sign::refused, start, exactly).until == start + 1min);
  CHECK(outage.probing());
  CHECK(outage.on_send(sign::refused, start + 1min, exactly).until == start + 2min);
  CHECK(outage.on_send(sign::answered, start + 2min, exactly).recovered);
}

TEST_CASE("telegram_outage: a lost answer says nothing of the next send") {
  telegram_outage outage;
  CHECK_FALSE(outage.on_send(sign::interrupted, start, exactly).until);
  CHECK_FALSE(outage.probing());
  outage.on_send(sign::not_sent, start, exactly);
  CHECK_FALSE(outage.on_send(sign::interrupted, start + 1s, exactly).recovered);
  CHECK(outage.probing());
}

TEST_CASE("telegram_outage: the pause is spread by a tenth either way") {
  CHECK(telegram_outage{}.on_send(sign::refused, start, 0).until == start + 54s);
  CHECK(telegram_outage{}.on_send(sign::refused, start, 1).until == start + 66s);
}

TEST_SUITE_END();
