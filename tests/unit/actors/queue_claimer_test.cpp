#include "tests/support/claimer_fixture.hpp"

// When a claimer claims, how much, and what becomes of jobs it loses sight of.

using namespace neurocards;
using namespace neurocards::test;

// ── when it claims ───────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/queue_claimer");

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: claims nothing before it has an incarnation") {
  start();
  wake();
  advance(10s);
  CHECK(log.text() == "");
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: claims for its accounts and models as soon as it has an incarnation") {
  start(7);
  db.due = {begun(2)};
  lease(node);
  CHECK(in_flight() == 2);
  const auto& claim = db.last<store::claim_jobs>();
  CHECK(claim.node == node);
  CHECK(claim.limit == 7);
  CHECK(claim.create_budget == settings.create_budget);
  CHECK(claim.models == std::vector<std::string>{"sora", "kling"});
  CHECK(claim.accounts.size() == 1);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: claims at every interval without being woken") {
  start();
  lease(node);
  db.due = {begun(1)};
  advance(2s + timer_step); // at least as often as asked
  CHECK(in_flight() == 1);
  log.clear();
  advance(20s);
  CHECK(log.count("claim_jobs") >= 10);
  CHECK(log.count("claim_jobs") <= 13);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: claims at once when it is woken") {
  start();
  lease(node);
  db.due = {begun(1)};
  wake();
  CHECK(in_flight() == 1);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one that is woken during a claim claims once more") {
  start();
  lease(node);
  log.clear();
  db.answers.hold("claim_jobs");
  wake();
  wake();
  wake();
  CHECK(log.text() == "claim_jobs");
  db.release();
  settle();
  CHECK(log.text() == "claim_jobs claim_jobs");
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: goes on claiming while it gets as many as it "
                                   "asks for, not when budget is spent") {
  start(2000);
  lease(node);
  log.clear();
  db.due = {begun(500), begun(500), begun(3), begun(2)};
  wake();
  CHECK(in_flight() == 1003);
  CHECK(log.count("claim_jobs") == 3);
}

// ── capacity ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: asks for no more than it has room for") {
  start(3);
  db.due = {begun(2), begun(1)};
  lease(node);
  wake();
  wake();
  advance(10s);
  CHECK(limits() == std::vector<int>{3, 1});
  CHECK(in_flight() == 3);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: never asks for more than a batch") {
  start(20'000);
  lease(node);
  CHECK(limits() == std::vector<int>{500});
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: one that was full claims when a place gets free") {
  start(1);
  const auto jobs = begun(1);
  db.due = {jobs, begun(1)};
  lease(node);
  log.clear();
  web.says("kie.recordInfo", {success(), generating()});
  caf::anon_send(claimer, task_callback{jobs[0].id, jobs[0].task});
  settle();
  CHECK(log.text() == "kie.recordInfo video.download put_file complete_job claim_jobs");
  CHECK(in_flight() == 1);
  CHECK(stats().completed == 1);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: tells its numbers") {
  start(5);
  db.due = {begun(2)};
  lease(node);
  const auto now = stats();
  CHECK(now.in_flight == 2);
  CHECK(now.capacity == 5);
  CHECK(now.claimed == 2);
}

// ── callbacks ────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: passes a callback on to the generation of its job only") {
  start();
  const auto jobs = begun(2);
  db.due = {jobs};
  lease(node);
  log.clear();
  caf::anon_send(claimer, task_callback{jobs[1].id, jobs[1].task});
  caf::anon_send(claimer, task_callback{job_id{uuid::random()}, task_id{"stray"}});
  settle();
  CHECK(log.text() == "kie.recordInfo");
}

// ── deaths ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: gives the job of a generation that died back as a fault of ours") {
  start();
  no_prompt = caf::make_error(ec::misconfigured);
  const auto job = fresh_job();
  db.due = {{job}};
  lease(node);
  const auto& release = db.last<store::release_jobs>();
  CHECK(release.jobs == std::vector{job.id});
  CHECK(release.node == node);
  CHECK(release.fault);
  CHECK(in_flight() == 0);
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: repeats giving back until the database has it: nobody else would take the job") {
  start();
  no_prompt = caf::make_error(ec::misconfigured);
  db.due = {{fresh_job()}};
  db.out_of_reach = "release_jobs";
  db.failures_left = 4;
  lease(node);
  advance(1min);
  CHECK(log.count("release_jobs") == 5);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: stops giving a job back once it is another incarnation") {
  start();
  no_prompt = caf::make_error(ec::misconfigured);
  db.due = {{fresh_job()}};
  db.out_of_reach = "release_jobs";
  db.failures_left = 1000;
  lease(node);
  lease(incarnation{uuid::random()});
  log.clear();
  advance(1min);
  CHECK(log.count("release_jobs") == 0);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: has nothing to say about generations that end well") {
  start();
  web.says("kie.recordInfo", {success()});
  db.due = {begun(3)};
  lease(node);
  advance(17s);
  CHECK(log.count("complete_job") == 3);
  CHECK(log.count("release_jobs") == 0);
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer: one that gets a job again ends the generation it still has for it") {
  start();
  const auto job = begun_job();
  db.due = {{job}, {job}};
  lease(node);
  wake();
  CHECK(in_flight() == 1);
  web.says("kie.recordInfo", {success()});
  advance(20s);
  CHECK(log.count("complete_job") == 1);
  CHECK(log.count("release_jobs") == 0);
}

// ── a node that KIE does not answer ──────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: leaves new jobs to others while KIE is silent to its node") {
  start();
  lease(node);
  CHECK(db.last<store::claim_jobs>().overdue == 0s);
  provider_is_silent = true;
  auto probe = fresh_job();
  probe.prompt = "A hand turns the mug.";
  db.due = {{probe}};
  web.answers.hold("kie.createTask");
  wake();
  CHECK(db.last<store::claim_jobs>().create_budget == 1); // if nobody else has claimed for 10 s
  CHECK(db.last<store::claim_jobs>().overdue == 10s);
  wake(); // one job tries; the others wait for what it finds
  CHECK(db.last<store::claim_jobs>().create_budget == 0);
  CHECK(db.last<store::claim_jobs>().limit == 9); // jobs with a task as ever
  web.says("kie.createTask", {failed(http::outcome::not_sent)});
  web.release();
  settle();
  wake();
  CHECK(db.last<store::claim_jobs>().create_budget == 1);
  provider_is_silent = false;
  wake();
  CHECK(db.last<store::claim_jobs>().create_budget == settings.create_budget);
  CHECK(db.last<store::claim_jobs>().overdue == 0s);
}

// ── jobs it does not know of ─────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: first takes on what its incarnation holds already") {
  start();
  db.held = begun(2);
  lease(node);
  CHECK(log.text() == "held_jobs claim_jobs");
  CHECK(db.last<store::held_jobs>().node == node);
  CHECK(db.last<store::held_jobs>().known.empty());
  CHECK(in_flight() == 2);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer: asks after a lost answer which jobs are its own") {
  start();
  const auto known = begun(1);
  db.due = {known};
  lease(node);
  log.clear();
  db.out_of_reach = "claim_jobs";
  db.failures_left = 1;
  wake();
  db.held = begun(1);
  advance(2s + timer_step);
  CHECK(log.text() == "claim_jobs held_jobs claim_jobs");
  CHECK(db.last<store::held_jobs>().known == std::vector{known[0].id});
  CHECK(in_flight() == 2);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: does not take a job on that it is giving back") {
  start();
  no_prompt = caf::make_error(ec::misconfigured);
  const auto job = fresh_job();
  db.due = {{job}};
  db.answers.hold("release_jobs");
  lease(node);
  db.out_of_reach = "claim_jobs";
  db.failures_left = 1;
  wake();
  wake();
  CHECK(db.last<store::held_jobs>().known == std::vector{job.id});
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer: claims again when the database is back") {
  start();
  db.out_of_reach = "all";
  db.failures_left = 3;
  lease(node);
  db.due = {begun(1)};
  advance(7s);
  CHECK(in_flight() == 1);
}

TEST_SUITE_END();
