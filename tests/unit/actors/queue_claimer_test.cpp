#include "actors/queue_claimer.hpp"
#include "tests/support/worker_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct claimer_fixture : worker_fixture {
  claimer_fixture() { web.says("kie.recordInfo", {generating()}); }

  void start(int capacity = 10) {
    claimer = own(sys.spawn<queue_claimer_impl>(claimer_config{capacity, 2s}, context()));
    settle();
  }

  void lease(incarnation who) {
    caf::anon_send(claimer, lease_atom_v, who);
    settle();
  }

  void wake() {
    caf::anon_send(claimer, wake_atom_v);
    settle();
  }

  /// Drains; what it answers ends up in `drained`.
  void drain() {
    own(sys.spawn([this](caf::event_based_actor* asker) {
      asker->request(claimer, caf::infinite, drain_atom_v)
        .then([this] { drained = "done"; }, [this](const caf::error&) { drained = "failed"; });
    }));
    settle();
  }

  node_stats stats() {
    node_stats result;
    own(sys.spawn([this, &result](caf::event_based_actor* asker) {
      asker->request(claimer, caf::infinite, stats_atom_v)
        .then([&result](const node_stats& x) { result = x; }, [](const caf::error&) {});
    }));
    settle();
    return result;
  }

  /// `n` jobs whose tasks are under way: they stay until somebody ends them.
  std::vector<claimed_job> begun(int n) {
    std::vector<claimed_job> result;
    for (int i = 0; i < n; ++i)
      result.push_back(begun_job(0s)); // no look before 15 s
    return result;
  }

  int in_flight() { return static_cast<int>(counts.in_flight().value()); }

  std::vector<int> limits() const {
    std::vector<int> result;
    for (const auto& x : db.asked)
      if (const auto* claim = std::get_if<store::claim_jobs>(&x))
        result.push_back(claim->limit);
    return result;
  }

  incarnation node{uuid::random()};
  queue_claimer_actor claimer;
  std::string drained;
};

} // namespace

// ── when it claims ───────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer claims nothing before it has an incarnation") {
  start();
  wake();
  advance(10s);
  CHECK(log.text() == "");
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer claims for its accounts and models as soon as it has an incarnation") {
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

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer claims at every interval without being woken") {
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

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer claims at once when it is woken") {
  start();
  lease(node);
  db.due = {begun(1)};
  wake();
  CHECK(in_flight() == 1);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer that is woken during a claim claims once more") {
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

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer goes on claiming while there is more, but not when budget is spent") {
  start(1000);
  lease(node);
  log.clear();
  db.more = true;
  db.due = {begun(3), begun(2)};
  wake();
  CHECK(in_flight() == 5);
  CHECK(log.count("claim_jobs") == 3); // the third brought nothing
}

// ── capacity ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer asks for no more than it has room for") {
  start(3);
  db.due = {begun(2), begun(1)};
  lease(node);
  wake();
  wake();
  advance(10s);
  CHECK(limits() == std::vector<int>{3, 1});
  CHECK(in_flight() == 3);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer never asks for more than a batch") {
  start(20'000);
  lease(node);
  CHECK(limits() == std::vector<int>{500});
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer that was full claims when a place gets free") {
  start(1);
  const auto jobs = begun(1);
  db.due = {jobs, begun(1)};
  lease(node);
  log.clear();
  web.says("kie.recordInfo", {success(), generating()});
  caf::anon_send(claimer, kie_callback{jobs[0].id, jobs[0].task});
  settle();
  CHECK(log.text() == "kie.recordInfo kie.download put_file complete_job claim_jobs");
  CHECK(in_flight() == 1);
  CHECK(stats().completed == 1);
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer tells its numbers") {
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
                  "queue_claimer passes a callback on to the generation of its job only") {
  start();
  const auto jobs = begun(2);
  db.due = {jobs};
  lease(node);
  log.clear();
  caf::anon_send(claimer, kie_callback{jobs[1].id, jobs[1].task});
  caf::anon_send(claimer, kie_callback{job_id{uuid::random()}, kie_task_id{"stray"}});
  settle();
  CHECK(log.text() == "kie.recordInfo");
}

// ── deaths ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer gives the job of a generation that died back as a fault of ours") {
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
  "queue_claimer repeats giving back until the database has it: nobody else would take the job") {
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
                  "queue_claimer stops giving a job back once it is another incarnation") {
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
                  "queue_claimer has nothing to say about generations that end well") {
  start();
  web.says("kie.recordInfo", {success()});
  db.due = {begun(3)};
  lease(node);
  advance(17s);
  CHECK(log.count("complete_job") == 3);
  CHECK(log.count("release_jobs") == 0);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer that gets a job again ends the generation it still has for it") {
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

// ── jobs it does not know of ─────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer first takes on what its incarnation holds already") {
  start();
  db.held = begun(2);
  lease(node);
  CHECK(log.text() == "held_jobs claim_jobs");
  CHECK(db.last<store::held_jobs>().node == node);
  CHECK(db.last<store::held_jobs>().known.empty());
  CHECK(in_flight() == 2);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer asks after a lost answer which jobs are its own") {
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

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer does not take a job on that it is giving back") {
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

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer claims again when the database is back") {
  start();
  db.out_of_reach = "all";
  db.failures_left = 3;
  lease(node);
  db.due = {begun(1)};
  advance(7s);
  CHECK(in_flight() == 1);
}

// ── another incarnation ──────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer drops everything with its incarnation, without a word to the database") {
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
                  "queue_claimer claims anew as another incarnation, even the same jobs") {
  start(3);
  const auto jobs = begun(3);
  db.due = {jobs, jobs};
  lease(node);
  const incarnation other{uuid::random()};
  lease(other);
  settle();
  CHECK(in_flight() == 3);
  CHECK(db.last<store::claim_jobs>().node == other);
  web.says("kie.recordInfo", {success()});
  advance(20s);
  CHECK(db.last<store::complete_job>().node == other);
  CHECK(log.count("complete_job") == 3);
}

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer does not start what it claimed as an earlier incarnation") {
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
                  "queue_claimer does not mind hearing of the same incarnation again") {
  start();
  db.due = {begun(1)};
  lease(node);
  lease(node);
  CHECK(in_flight() == 1);
}

// ── drain ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(claimer_fixture,
                  "queue_claimer gives everything back when it drains, then answers and ends") {
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
                  "queue_claimer that drains waits for a task that is being created") {
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
        == "held_jobs claim_jobs link_file record_intent kie.createTask record_task release_jobs");
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(
  claimer_fixture,
  "queue_claimer that drains during a claim starts nothing of it and gives it back") {
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
                  "queue_claimer that drains does not wait for ever when its claim fails") {
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
                  "queue_claimer that drains under a new incarnation still answers") {
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
                  "queue_claimer without an incarnation has nothing to give back") {
  start();
  drain();
  CHECK(log.text() == "");
  CHECK(drained == "done");
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer says so when it could not give its jobs back") {
  start();
  lease(node);
  db.out_of_reach = "release_jobs";
  db.failures_left = 1;
  drain();
  CHECK(drained == "failed");
}

TEST_CASE_FIXTURE(claimer_fixture, "queue_claimer answers everybody who asks it to drain") {
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
  "generations end with a claimer that is killed: nobody would hear of their jobs") {
  start();
  db.due = {begun(5)};
  lease(node);
  caf::anon_send_exit(claimer, caf::exit_reason::kill);
  settle();
  log.clear();
  advance(10min);
  CHECK(log.text() == "");
}
