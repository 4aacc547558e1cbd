#include "tests/chaos/verdict.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

using namespace neurocards::test::chaos;
using namespace std::chrono_literals;

namespace {

/// What script/chaos asks for; a short round without it.
long wish(const char* name, long otherwise) {
  const auto* text = std::getenv(name);
  return text ? std::atol(text) : otherwise;
}

void play(bool webhook) {
  const plan_options options{.seed = static_cast<uint64_t>(wish("NEUROCARDS_CHAOS_SEED", 1)),
                             .length = 1s * wish("NEUROCARDS_CHAOS_SECONDS", 25),
                             .webhook = webhook};
  arena round{options};
  round.play();
  const auto report = judge(round);
  std::cout << "seed:               " << options.seed
            << "\nupdates by:         " << (webhook ? "webhook" : "polling")
            << "\nlength:             " << options.length.count() / 1000 << " s\n"
            << report;
}

} // namespace

TEST_SUITE_BEGIN("chaos/chaos");

TEST_CASE("chaos: a plan is decided by its seed") {
  const plan_options one{.seed = 1, .length = 60s};
  const auto plan = make_plan(one);
  CHECK(plan == make_plan(one));
  CHECK(plan != make_plan({.seed = 2, .length = 60s}));
  CHECK(std::ranges::is_sorted(plan, {}, &event::time));
  for (const auto kind : {deed::order, deed::kill, deed::freeze, deed::drain, deed::reload,
                          deed::break_postgres, deed::standby, deed::lock_rows, deed::fault})
    CHECK_MESSAGE(std::ranges::count(plan, kind, &event::kind) > 0, to_string(kind));
}

TEST_CASE("chaos: all five promises hold whatever is killed, frozen, cut or refused") {
  play(false);
}

TEST_CASE("chaos: all five promises hold with webhooks too") {
  play(true);
}

TEST_SUITE_END();
