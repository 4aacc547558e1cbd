#include "tests/support/worker_fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct orphan_fixture : generation_fixture {
  static constexpr caf::timespan grace = 2min;

  orphan_fixture() { settings.orphan_grace = grace; }

  /// Somebody announced a task `ago` and died.
  claimed_job announced_job(std::chrono::seconds ago) {
    auto claimed = fresh_job();
    claimed.prompt = "A hand turns the mug.";
    claimed.key = key_fingerprint{second_key};
    claimed.intent_token = "11111111-1111-1111-1111-111111111111";
    claimed.intent_age = ago;
    return claimed;
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/generation_announced");

TEST_CASE_FIXTURE(orphan_fixture,
                  "generation: waits for an announced task's callback before it creates anew") {
  run(announced_job(0s));
  advance(grace - 2s);
  CHECK(log.count("kie.createTask") == 0);
  log.clear(); // in between it has asked whether the task is known
  advance(4s);
  CHECK(log.text() == "record_intent link_file record_intent kie.createTask record_task");
  CHECK(counts.orphans("given_up").value() == 1);
}

TEST_CASE_FIXTURE(orphan_fixture, "generation: waits only for what is left of the grace") {
  run(announced_job(110s));
  advance(9s);
  CHECK(log.text() == "");
  advance(2s);
  CHECK(log.count("kie.createTask") == 1);
}

TEST_CASE_FIXTURE(orphan_fixture,
                  "generation: waits longer for one who could not write meanwhile") {
  settings.orphan_grace = 1s;
  auto announced = announced_job(0s);
  SUBCASE("because the database says so") {
    announced.intent_age = -8s; // nothing may be concluded for so long
    run(announced);
    advance(7s);
    CHECK(log.count("kie.createTask") == 0);
    advance(3s);
  }
  SUBCASE("because it could not ask either") {
    db.out_of_reach = "record_intent";
    db.failures_left = 5; // about 6 s
    run(announced);
    advance(10s);
    CHECK(db.failures_left == 0);
    CHECK(log.count("kie.createTask") == 0);
    advance(10s);
  }
  CHECK(log.count("kie.createTask") == 1);
}

TEST_CASE_FIXTURE(orphan_fixture,
                  "generation: hears within an interval of a task that another node adopted") {
  run(announced_job(0s));
  advance(settings.poll_interval + 1s);
  CHECK(log.text() == "record_intent"); // the old token: costs nothing
  CHECK(db.last<store::record_intent>().token == "11111111-1111-1111-1111-111111111111");
  db.lease_lost_at = "record_intent";
  advance(settings.poll_interval);
  CHECK(log.text() == "record_intent record_intent release_jobs"); // and is claimed with its task
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(orphan_fixture,
                  "generation: adopts though it was just asking whether another node has") {
  db.answers.hold("record_intent");
  run(announced_job(0s));
  advance(settings.poll_interval + 1s);
  call_back("task-of-the-dead");
  db.lease_lost_at = "record_intent";
  db.release();
  advance(1s);
  CHECK(log.text()
        == "record_intent record_task kie.recordInfo video.download put_file complete_job");
}

TEST_CASE_FIXTURE(orphan_fixture,
                  "generation: takes an announced task over when its callback brings it") {
  run(announced_job(0s));
  call_back("task-of-the-dead");
  advance(100ms); // KIE calls when it is done: no interval to wait
  CHECK(log.text() == "record_task kie.recordInfo video.download put_file complete_job");
  CHECK(db.last<store::record_task>().task.value == "task-of-the-dead");
  CHECK(web.of("kie.recordInfo").at(0).url.find("task-of-the-dead") != std::string::npos);
  CHECK(keys_asked.at(0).value == second_key);
  advance(10min);
  CHECK(log.count("record_intent") == 0);
  CHECK(counts.orphans("given_up").value() == 0);
}

TEST_CASE_FIXTURE(orphan_fixture,
                  "generation: does not adopt once the grace is over and creation goes on") {
  store::intent_outcome later;
  later.outcome = store::intent_outcome::verdict::wait;
  later.wait = 10s;
  db.intents = {db.granted, later};
  run(announced_job(10min));
  advance(1s);
  call_back("task-of-the-dead"); // the database refuses our new intent then
  db.lease_lost_at = "record_intent";
  advance(10s);
  CHECK(log.text() == "record_intent link_file record_intent record_intent release_jobs");
  CHECK(ended_well());
}

TEST_SUITE_END();
