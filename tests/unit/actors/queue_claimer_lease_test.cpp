#include "tests/support/claimer_fixture.hpp"

// What a claimer does when its incarnation changes or its node drains.

using namespace neurocards;
using namespace neurocards::test;

// ── another incarnation ──────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/queue_claimer_lease");

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: drops everything with its incarnation, without a word to the database") {
  start();
  db.due = {begun(3)};
  lease(node);
  log.clear();
  lease({});
  CHECK(in_flight() == 0);
  advance(1min);
  CHECK(log.text() == "");
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: claims anew as another incarnation, even the same jobs") {
  start(3);
  const auto jobs = begun(3);
  db.due = {jobs, jobs};
  lease(node);
  const incarnation other{uuid::random()};
  lease(other);
  settle();
  CHECK(in_flight() == 3);
  CHECK(db.last<store::claim_jobs>().node == other);
  CHECK(db.last<store::held_jobs>().known.empty()); // those were of the earlier one
  web.says("kie.recordInfo", {success()});
  advance(20s);
  CHECK(db.last<store::complete_job>().node == other);
  CHECK(log.count("complete_job") == 3);
}

// ── a task that only this node knows of ──────────────────────────────────────────────────────────

namespace {

struct stake_fixture : claimer_fixture {
  /// A claimer whose only job is being created at KIE.
  void start_creating() {
    start();
    auto job = fresh_job();
    job.prompt = "A hand turns the mug.";
    db.due = {{job}};
    web.answers.hold("kie.createTask");
    lease(node);
    REQUIRE(log.count("kie.createTask") == 1);
    log.clear();
  }
};

} // namespace

TEST_CASE_FIXTURE(
  stake_fixture,
  "queue_claimer: a task whose creation is answered after the lease has ended is brought home") {
  start_creating();
  lease({});
  CHECK(in_flight() == 1);
  db.lease_lost_at = "record_task";
  web.release();
  advance(1s);
  CHECK(log.text() == "record_task adopt_task release_jobs");
  CHECK(db.last<store::adopt_task>().task.value == "task-1");
  CHECK(in_flight() == 0);
}

TEST_CASE_FIXTURE(
  stake_fixture,
  "queue_claimer: a task that the database could not save before the lease ended is saved later") {
  start_creating();
  db.out_of_reach = "all";
  db.failures_left = 30;
  SUBCASE("read-only, full or out of reach") {
    db.trouble = ec::unavailable;
  }
  SUBCASE("locked or too slow") {
    db.trouble = ec::timed_out;
  }
  SUBCASE("what nobody foresaw") {
    db.trouble = ec::misconfigured;
  }
  web.release();
  advance(3s);
  const incarnation other{uuid::random()};
  lease(other); // it claims nothing, and the old one still holds the task
  CHECK(in_flight() == 1);
  advance(1min);
  CHECK(db.last<store::record_task>().task.value == "task-1");
  CHECK(db.last<store::record_task>().node == node); // should nobody have taken it over yet
  CHECK(db.failures_left == 0);
  CHECK(in_flight() == 0);
}

TEST_CASE_FIXTURE(stake_fixture,
                  "queue_claimer: who holds the only word of a task says it once a second") {
  start_creating();
  db.out_of_reach = "record_task";
  db.failures_left = 1000;
  web.release();
  advance(1min);
  CHECK(log.count("record_task") > 50);
}

TEST_CASE_FIXTURE(
  stake_fixture,
  "queue_claimer: a creation that was refused after the lease has ended is nothing") {
  start_creating();
  web.says("kie.createTask", {failed(http::outcome::not_sent)});
  lease({});
  web.release();
  advance(1min);
  CHECK(log.text() == "");
  CHECK(in_flight() == 0);
}

TEST_CASE_FIXTURE(stake_fixture,
                  "queue_claimer: a task that is not saved yet counts among the unanswered calls") {
  start_creating();
  db.out_of_reach = "record_task";
  db.failures_left = 5;
  web.release();
  advance(1s);
  CHECK(counts.unanswered_calls().value() == 1); // a node that ends waits for it
  advance(1min);
  CHECK(counts.unanswered_calls().value() == 0);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: does not start what it claimed as an earlier incarnation") {
  start();
  lease(node);
  db.due = {begun(2), begun(1)};
  db.answers.hold("claim_jobs");
  wake();
  const incarnation other{uuid::random()};
  lease(other);
  db.release();
  settle();
  CHECK(in_flight() == 1); // of the claim of the new one
  CHECK(db.last<store::claim_jobs>().node == other);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: does not mind hearing of the same incarnation again") {
  start();
  db.due = {begun(1)};
  lease(node);
  lease(node);
  CHECK(in_flight() == 1);
}

// ── drain ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: gives everything back when it drains, then answers and ends") {
  start();
  db.due = {begun(3)};
  lease(node);
  drain();
  CHECK(in_flight() == 0);
  const auto& release = db.last<store::release_jobs>();
  CHECK(release.node == node);
  CHECK(release.jobs.empty()); // all of the node
  CHECK_FALSE(release.fault);
  CHECK(drained == "done");
  db.due = {begun(1)};
  log.clear();
  wake();
  advance(10s);
  CHECK(log.text() == "");
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one that drains waits for a task that is being created") {
  start();
  auto job = fresh_job();
  job.prompt = "A hand turns the mug.";
  db.due = {{job}};
  web.answers.hold("kie.createTask");
  lease(node);
  drain();
  CHECK(drained == "");
  CHECK(log.count("release_jobs") == 0);
  web.release();
  settle();
  CHECK(log.text()
        == "held_jobs claim_jobs link_file record_intent kie.createTask record_task release_jobs "
           "held_jobs");
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: one that drains during a claim starts nothing of it and gives it back") {
  start();
  lease(node);
  db.due = {begun(2)};
  db.answers.hold("claim_jobs");
  wake();
  drain();
  CHECK(drained == "");
  db.release();
  settle();
  CHECK(stats().in_flight == 0);
  CHECK(log.count("kie.recordInfo") == 0);
  CHECK(db.last<store::release_jobs>().jobs.empty());
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one that drains does not wait for ever when its claim fails") {
  start();
  lease(node);
  db.answers.hold("claim_jobs");
  wake();
  drain();
  auto late = db.answers.release();
  REQUIRE(late.size() == 1);
  late.clear(); // the database dies with the promise: broken_promise
  settle();
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one that drains under a new incarnation still answers") {
  start();
  lease(node);
  db.answers.hold("claim_jobs");
  wake();
  lease(incarnation{uuid::random()});
  drain();
  db.release();
  settle();
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one without an incarnation has nothing to give back") {
  start();
  drain();
  CHECK(log.text() == "");
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: one that drains repeats giving back: the node may live on without it") {
  start();
  lease(node);
  db.out_of_reach = "release_jobs";
  db.failures_left = 4;
  drain();
  CHECK(drained == "");
  advance(10s);
  CHECK(log.count("release_jobs") == 5);
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one that drains comes back for a job that somebody had locked") {
  start();
  lease(node);
  db.held = begun(1);
  drain();
  CHECK(drained == "");
  advance(5s);
  CHECK(log.text() == "held_jobs claim_jobs release_jobs held_jobs release_jobs held_jobs");
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: says so when the database refuses its jobs") {
  start();
  lease(node);
  db.trouble = ec::rejected;
  db.out_of_reach = "release_jobs";
  db.failures_left = 1;
  drain();
  CHECK(drained == "failed");
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: answers everybody who asks it to drain") {
  start();
  db.due = {begun(1)};
  lease(node);
  db.answers.hold("release_jobs");
  drain();
  drain();
  db.release();
  settle();
  CHECK(drained == "done");
  CHECK(log.count("release_jobs") == 1);
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: generations end with one that is killed, nobody would hear of their jobs") {
  start();
  db.due = {begun(5)};
  lease(node);
  caf::anon_send_exit(claimer, caf::exit_reason::kill);
  settle();
  log.clear();
  advance(10min);
  CHECK(log.text() == "");
}

TEST_SUITE_END();
