#include "protocol/store/nodes.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using verdict = store::intent_outcome::verdict;

namespace {

struct intent_fixture : store_fixture {
  incarnation us{uuid::random()};
  job_id job;

  intent_fixture() {
    db.add_user(7, 3);
    job = job_id{*uuid::parse(db.add_job(7, "draft:0"))};
    store::claim_jobs claim{us, 1, {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}};
    REQUIRE(ask.ask(claim)->jobs.size() == 1);
  }

  verdict announce(const std::string& token) {
    return ask
      .ask(store::record_intent{us, job, token, {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}})
      ->outcome;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/intent");

TEST_CASE_FIXTURE(
  intent_fixture,
  "intent: an intent is granted again to a caller who missed the answer, and costs one unit") {
  CHECK(announce("t1") == verdict::granted);
  CHECK(announce("t1") == verdict::granted);
  CHECK(db.number("SELECT sum(creations) FROM kie_keys") == 1);
}

TEST_CASE_FIXTURE(intent_fixture,
                  "intent: the age of an intent counts only time in which somebody could write") {
  REQUIRE(announce("t1") == verdict::granted);
  db.sql("UPDATE jobs SET intent_at = now() - interval '1 min'");
  const auto age = [&] { return db.number("SELECT intent_age(intent_at) FROM jobs"); };
  const auto look = [&] { ask.ask(store::rescue_expired_jobs{30s}); };
  CHECK(age() >= 60'000); // nobody has looked yet
  look();
  look();
  CHECK(age() >= 60'000); // and there was no pause between the looks
  db.sql("UPDATE settings SET updated_at = updated_at - interval '8 s' WHERE key = 'clock'");
  CHECK(age() <= -9'000); // who looks first after a pause
  look();
  CHECK(age() <= -8'000);
  look();
  CHECK(age() <= -7'000); // the next look does not end it
  db.sql("UPDATE settings SET value = jsonb_build_object('resumed_at', now() - interval '30 s') "
         "WHERE key = 'clock'");
  CHECK(age() >= 20'000); // ten seconds after the pause it begins anew
  CHECK(age() < 30'000);
  db.sql("UPDATE jobs SET intent_at = now()");
  CHECK(age() >= 0); // announced since
  CHECK(ask.ask(store::release_jobs{us, {job}})->value == 1);
  store::claim_jobs claim{us, 1, {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}};
  CHECK(ask.ask(claim)->jobs.at(0).intent_age.value() >= 0ms);
}

TEST_CASE_FIXTURE(
  intent_fixture,
  "intent: one whose task a callback brought is not granted again, its caller polls anew") {
  CHECK(announce("t1") == verdict::granted);
  REQUIRE(ask.ask(store::adopt_task{"t1", task_id{"task-1"}})->outcome
          == store::adoption::verdict::adopted);
  CHECK(announce("t1") == verdict::lease_lost);
  CHECK(announce("t2") == verdict::lease_lost);
  CHECK(ask.ask(store::release_jobs{us, {job}})->value == 1);
  store::claim_jobs claim{us, 1, {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}};
  const auto jobs = ask.ask(claim)->jobs;
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].task.value == "task-1");
}

TEST_CASE_FIXTURE(intent_fixture, "intent: an attempt whose task a callback brought is not ended "
                                  "by a holder who does not know of it") {
  using store::transition;
  announce("t1");
  ask.ask(store::adopt_task{"t1", task_id{"task-1"}});
  const auto call = [&](const std::string& function, const std::string& more) {
    return db.value("SELECT " + function + "('" + to_string(job) + "', '" + to_string(us) + "', "
                    + more + ")");
  };
  CHECK(*ask.ask(store::retry_job{us, job, {}, 0ms}) == transition::lease_lost);
  CHECK(*ask.ask(store::fail_job{us, job, {}}) == transition::lease_lost);
  CHECK(call("retry_job", "'busy', '{}', '0 s'") == "f");
  CHECK(call("fail_job_and_refund", "'no'") == "f");
  CHECK(*ask.ask(store::record_task{us, job, task_id{"task-2"}}) == transition::lease_lost);
  // He looks anew: the callback told him, or the queue does.
  SUBCASE("by recording the task") {
    CHECK(*ask.ask(store::record_task{us, job, task_id{"task-1"}}) == transition::done);
  }
  SUBCASE("by giving the job back and claiming it again") {
    CHECK(ask.ask(store::release_jobs{us, {job}})->value == 1);
    store::claim_jobs claim{us, 1, {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}};
    CHECK(ask.ask(claim)->jobs.at(0).task.value == "task-1");
  }
  CHECK(*ask.ask(store::retry_job{us, job, {}, 0ms}) == transition::done);
  db.check_promises();
}

TEST_CASE_FIXTURE(intent_fixture,
                  "intent: a prompt that is cut to the model's limit keeps its source") {
  ask.ask(store::record_prompt{us, job, "A mug turns. Steam rises.", prompt_source::openai});
  ask.ask(store::record_prompt{us, job, "A mug turns.", {}});
  CHECK(db.value("SELECT prompt || '|' || prompt_source FROM jobs") == "A mug turns.|openai");
}

TEST_SUITE_END();
