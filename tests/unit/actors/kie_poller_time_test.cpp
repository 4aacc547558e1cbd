#include "tests/unit/actors/poller_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/actors/kie_poller_time");

TEST_CASE_FIXTURE(
  poller_fixture,
  "kie_poller: gives up exactly when the time is up and KIE still works on the task") {
  web.says("kie.recordInfo", {generating()});
  watch(15s, 30min);
  advance(30min - 1s);
  CHECK(told.empty());
  advance(1s + timer_step);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::timed_out);
  CHECK(polls.back() >= 30min); // a last poll when the time was up
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: gives no task up that it could not see when the time was up") {
  for (const auto& no : {failed(http::outcome::not_sent), failed(http::outcome::interrupted),
                         answered(502, "<html>"), refused(429, "Too many requests")}) {
    web.says("kie.recordInfo", {no});
    watch(0s, 1min); // or none of it, after a long stop
    advance(10min);
    CHECK(told.empty());
    web.says("kie.recordInfo", {success()});
    advance(3min);
    REQUIRE(told.size() == 1);
    CHECK(told[0].ending == task_ended::outcome::success);
    told.clear();
  }
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: polls ever more rarely beyond its time, and not for ever") {
  watch(0s, 0s);
  advance(29min);
  CHECK(told.empty());
  CHECK(polls.size() > 10);
  CHECK(polls.size() < 25); // 1800 s / 120 s and the first few
  // The last pause may begin just before 30 min and be stretched twice: by backoff and by the
  // poller.
  advance(1min + 146s + timer_step);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::timed_out);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: does not give a task up that succeeded in the last moment") {
  web.says("kie.recordInfo", {success()});
  watch(2s, 0s);
  advance(3s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::success);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: bears for a minute that KIE does not know a new task") {
  web.says("kie.recordInfo", {unknown_task()});
  watch(15s, 30min);
  advance(59s);
  CHECK(told.empty());
  advance(18s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::vanished);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: counts the minute anew for a task that KIE knew before") {
  web.says("kie.recordInfo", {generating(), generating(), generating(), generating(), generating(),
                              unknown_task(), unknown_task(), generating(), unknown_task()});
  watch(15s, 30min);
  advance(150s); // the ninth look: unknown again
  CHECK(told.empty());
  advance(90s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::vanished);
}

TEST_SUITE_END();
