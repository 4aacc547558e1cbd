#include "tests/chaos/window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

using namespace neurocards::test::chaos;

namespace {

/// What script/chaos --window asks for; a few without it.
int kills() {
  const auto* text = std::getenv("NEUROCARDS_CHAOS_WINDOW");
  return text ? std::atoi(text) : 5;
}

/// Many kills are made by many at once, each of which dies with answers of its own in its hands.
int workers() {
  return std::clamp(kills() / 25, 1, 8);
}

void report(const char* title, const window_bill& x) {
  std::cout << title << "\nkills in the window: " << x.kills << "\njobs:                " << x.jobs
            << "\ntasks created:       " << x.tasks << "\nadopted:             " << x.adopted
            << " (by a worker that waited: " << x.waited << ')'
            << "\ntasks - jobs:        " << x.in_vain() << '\n';
}

} // namespace

TEST_SUITE_BEGIN("chaos/window");

TEST_CASE("window: killed between KIE's answer and our commit, no task is paid for twice when KIE "
          "calls back") {
  window_round round{{.kills = kills(), .jobs = 3, .callbacks = true}};
  const auto bill = round.play();
  report("with callbacks", bill);
  CHECK(bill.in_vain() == 0);
  CHECK(bill.adopted == bill.kills * 3);
  CHECK(round.world.db.number("SELECT max(attempts) FROM jobs") == 1);
  round.world.db.check_promises();
}

TEST_CASE("window: killed between Runware's answer and our commit, no task is paid for twice") {
  window_round round{{.kills = kills(), .workers = workers(), .jobs = 3, .runware = true}};
  const auto bill = round.play();
  report("with Runware", bill);
  CHECK(bill.kills >= kills());
  CHECK(bill.in_vain() == 0);
  CHECK(round.world.db.number("SELECT max(attempts) FROM jobs") == 1);
  round.world.db.check_promises();
}

TEST_CASE("window: killed between KIE's answer and our commit without callbacks, each kill costs "
          "its tasks and no more") {
  window_round round{{.kills = kills(), .jobs = 1, .callbacks = false}};
  const auto bill = round.play();
  report("without callbacks", bill);
  CHECK(bill.in_vain() <= bill.kills);
  CHECK(bill.adopted == 0);
  CHECK(round.world.db.number("SELECT max(attempts) FROM jobs") == 1);
  round.world.db.check_promises();
}

TEST_SUITE_END();
