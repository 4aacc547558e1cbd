#include "tests/support/worker_fixture.hpp"

// What becomes of a job whose failure is the provider's or the node's fault.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct origin_fixture : generation_fixture {
  claimed_job ready_job(int attempts = 1) {
    auto result = fresh_job();
    result.prompt = "A hand turns the mug.";
    result.attempts = attempts;
    return result;
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/generation_origin");

TEST_CASE_FIXTURE(
  origin_fixture,
  "generation: puts a job back without using an attempt while the provider is down") {
  origin = failure_origin::provider;
  web.says("kie.createTask", {refused(500, "Internal Error")});
  run(ready_job(3)); // even the last one
  CHECK(log.text() == "link_file record_intent kie.createTask retry_job");
  const auto& again = db.last<store::retry_job>();
  CHECK_FALSE(again.uses_attempt);
  CHECK_FALSE(again.tell_user);
  CHECK(again.delay == 0s);
  CHECK(again.reason.cls == failure_class::outage);
  REQUIRE(weighed.size() == 1);
  CHECK(weighed[0].job == job);
  CHECK(weighed[0].owner == user_id{42});
  CHECK(weighed[0].stage == failure_stage::creation);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(origin_fixture,
                  "generation: leaves a job to others when only its node is cut off") {
  origin = failure_origin::node;
  web.says("kie.createTask", {failed(http::outcome::not_sent)});
  run(ready_job(3));
  const auto& again = db.last<store::retry_job>();
  CHECK_FALSE(again.uses_attempt);
  CHECK(again.delay > 0s);
  CHECK(again.reason.cls == failure_class::temporary);
}

TEST_CASE_FIXTURE(origin_fixture,
                  "generation: asks for whose fault only what may pass by itself is") {
  origin = failure_origin::provider;
  web.says("kie.createTask", {refused(500, "flagged by moderation")});
  run(ready_job());
  CHECK(weighed.empty());
  CHECK(log.count("fail_job") == 1);
}

TEST_CASE_FIXTURE(origin_fixture,
                  "generation: one that lacks the photo does not blame the provider") {
  storage_errors = {caf::make_error(ec::file_missing)};
  run(ready_job());
  CHECK(weighed.empty());
  CHECK(db.last<store::retry_job>().uses_attempt);
}

TEST_CASE_FIXTURE(origin_fixture,
                  "generation: finds out at once whose fault a creation in doubt is") {
  settings.orphan_grace = 1min;
  web.says("kie.createTask", {failed(http::outcome::interrupted)});
  SUBCASE("and remembers it until the grace is over") {
    origin = failure_origin::provider;
    run(ready_job());
    CHECK(weighed.size() == 1);
    CHECK_FALSE(ended);
    origin = failure_origin::job; // the outage is over by then
    advance(2min);
    CHECK(weighed.size() == 1);
    CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  }
  SUBCASE("and forgets it when the task comes home") {
    origin = failure_origin::provider;
    web.says("kie.recordInfo", {task_failed("500", "Internal Error")});
    run(ready_job());
    origin = failure_origin::job;
    call_back("task-1");
    advance(5s);
    REQUIRE(weighed.size() == 2);
    CHECK(weighed[1].stage == failure_stage::task);
    CHECK(db.last<store::retry_job>().uses_attempt);
  }
}

TEST_CASE_FIXTURE(origin_fixture, "generation: repeats no upload while the provider is down") {
  public_url.clear();
  web.says("kie.upload", {answered(503, "<html>")});
  SUBCASE("which it gives back at once") {
    origin = failure_origin::provider;
    run(ready_job());
    CHECK(log.text() == "open_file kie.upload retry_job");
    CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  }
  SUBCASE("but three times otherwise") {
    run(ready_job());
    advance(1min);
    CHECK(log.count("kie.upload") == 3);
    CHECK(db.last<store::retry_job>().uses_attempt);
  }
}

TEST_CASE_FIXTURE(origin_fixture, "generation: polls a task on that nobody can see") {
  settings.poll_timeout = 30min;
  settings.outage_patience = 6h;
  web.says("kie.recordInfo", {answered(503, "<html>")});
  origin = failure_origin::provider;
  run(begun_job(0s));
  advance(4h);
  CHECK_FALSE(ended);
  SUBCASE("until it is there") {
    web.says("kie.recordInfo", {success()});
    advance(10min);
    CHECK(log.count("complete_job") == 1);
    CHECK(ended_well());
  }
  SUBCASE("no longer than a job may wait") {
    advance(4h);
    CHECK(db.last<store::retry_job>().task_may_finish);
    CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
    CHECK(ended_well());
  }
}

TEST_SUITE_END();
