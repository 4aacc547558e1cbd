#include "tests/support/claimer_fixture.hpp"

// What the database says a node holds, compared with what its claimer knows.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct comparing_fixture : claimer_fixture {
  static claimed_job under(claimed_job job, int claim) {
    job.claim = claim;
    return job;
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/queue_claimer_claims");

TEST_CASE_FIXTURE(
  comparing_fixture,
  "queue_claimer: takes on a claim that was committed long after its answer was lost") {
  start();
  lease(node);
  db.out_of_reach = "claim_jobs";
  db.failures_left = 1;
  wake();
  advance(2s + timer_step); // asked, and nothing was there
  CHECK(db.last<store::held_jobs>().known.empty());
  CHECK(in_flight() == 0);
  advance(1min);
  db.held = begun(1);
  advance(6s);
  CHECK(in_flight() == 1);
}

TEST_CASE_FIXTURE(comparing_fixture,
                  "queue_claimer: compares what it holds with the database all the time") {
  start();
  const auto job = under(begun_job(0s), 3);
  db.due = {{job}};
  lease(node);
  log.clear();
  advance(1min);
  CHECK(log.count("held_jobs") >= 10);
  CHECK(log.count("held_jobs") <= 14);
  const auto& request = db.last<store::held_jobs>();
  CHECK(request.known == std::vector{job.id});
  CHECK(request.claims == std::vector{3});
  CHECK(log.count("claim_jobs") <= 40); // no claim more for it
}

TEST_CASE_FIXTURE(comparing_fixture,
                  "queue_claimer: goes on with a job under a later claim than it knows") {
  start();
  const auto job = under(begun_job(0s), 3);
  db.due = {{job}};
  lease(node);
  db.held = {under(job, 4)};
  advance(6s);
  CHECK(in_flight() == 1);
  web.says("kie.recordInfo", {success()});
  advance(20s);
  CHECK(db.last<store::complete_job>().claim == 4);
  CHECK(log.count("complete_job") == 1);
}

TEST_CASE_FIXTURE(comparing_fixture,
                  "queue_claimer: does not compare while a claim is under way: it would miss it") {
  start();
  lease(node);
  log.clear();
  db.answers.hold("claim_jobs");
  db.due = {begun(1)};
  wake();
  advance(20s);
  CHECK(log.text() == "claim_jobs");
  db.release();
  settle();
  CHECK(in_flight() == 1);
  advance(1s);
  CHECK(log.count("held_jobs") >= 1);
  CHECK(db.last<store::held_jobs>().known.size() == 1);
}

TEST_CASE_FIXTURE(
  comparing_fixture,
  "queue_claimer: gives a job back under the claim that failed, and knows it until then") {
  start();
  no_prompt = caf::make_error(ec::misconfigured);
  const auto job = under(fresh_job(), 7);
  db.due = {{job}};
  db.out_of_reach = "release_jobs";
  db.failures_left = 1'000;
  lease(node);
  CHECK(db.last<store::release_jobs>().claims == std::vector{7});
  advance(6s);
  CHECK(db.last<store::held_jobs>().known == std::vector{job.id});
  CHECK(db.last<store::held_jobs>().claims == std::vector{7});
}

TEST_SUITE_END();
