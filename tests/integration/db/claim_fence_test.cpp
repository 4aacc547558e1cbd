#include "db/migrate.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <set>

#include <doctest/doctest.h>

// What one claim of a job may do to the next one of the same node: nothing.

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using store::transition;

namespace {

struct fence_fixture : store_fixture {
  incarnation us{uuid::random()};
  job_id job;

  fence_fixture() {
    db.add_user(7, 3);
    job = job_id{*uuid::parse(db.add_job(7, "draft:0"))};
  }

  claimed_job claim() {
    store::claim_jobs request{us, 10, {{"a", {key_fingerprint{"k"}}}}, 1000, {"m"}};
    const auto jobs = ask.ask(request)->jobs;
    REQUIRE(jobs.size() == 1);
    return jobs[0];
  }

  store::retry_job retry(int number) {
    store::retry_job result{us, job, {failure_class::temporary, "busy", "503"}, 0ms, true, true};
    result.claim = number;
    return result;
  }

  store::record_intent intent(const std::string& token, int number) {
    store::record_intent result{us, job, token, {{"a", {key_fingerprint{"k"}}}}, 1000, {"m"}};
    result.claim = number;
    return result;
  }

  std::string state() {
    return db.value(
      "SELECT md5(string_agg(x, '|')) FROM (SELECT j::text AS x FROM jobs j UNION ALL "
      "SELECT u::text FROM users u UNION ALL SELECT n::text FROM notifications n "
      "UNION ALL SELECT e::text FROM job_events e UNION ALL "
      "SELECT t::text FROM job_tasks t) s");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/claim_fence");

TEST_CASE_FIXTURE(fence_fixture, "claim fence: claims of a job are numbered, whoever claims it") {
  CHECK(claim().claim == 1);
  ask.ask(store::release_jobs{us, {job}});
  us = incarnation{uuid::random()};
  CHECK(claim().claim == 2);
}

TEST_CASE_FIXTURE(
  fence_fixture,
  "claim fence: every transition of an earlier claim of the same node changes nothing") {
  const int earlier = claim().claim;
  ask.ask(store::release_jobs{us, {job}});
  const int later = claim().claim;
  REQUIRE(later != earlier);
  const auto before = state();
  CHECK(*ask.ask(store::record_prompt{us, job, "x", prompt_source::openai, earlier})
        == transition::lease_lost);
  CHECK(ask.ask(intent("t", earlier))->outcome == store::intent_outcome::verdict::lease_lost);
  CHECK(*ask.ask(store::record_task{us, job, task_id{"x"}, earlier}) == transition::lease_lost);
  CHECK(*ask.ask(retry(earlier)) == transition::lease_lost);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1, earlier})
        == transition::lease_lost);
  CHECK(*ask.ask(store::fail_job{us, job, {}, false, earlier}) == transition::lease_lost);
  CHECK(ask.ask(store::release_jobs{us, {job}, false, {earlier}})->value == 0);
  CHECK(ask.ask(store::release_jobs{us, {job}, true, {earlier}})->value == 0);
  CHECK(state() == before);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1, later}) == transition::done);
}

TEST_CASE_FIXTURE(
  fence_fixture,
  "claim fence: a retry repeated after its answer was lost uses no attempt of the next claim") {
  const int first = claim().claim;
  CHECK(*ask.ask(retry(first)) == transition::done);
  CHECK(*ask.ask(retry(first)) == transition::done); // before the next claim ...
  const auto next = claim();
  CHECK(next.attempts == 2);
  const auto before = state();
  CHECK(*ask.ask(retry(first)) == transition::done); // ... and after it
  CHECK(state() == before);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'job_retry'") == 1);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1, next.claim})
        == transition::done);
  CHECK(*ask.ask(retry(next.claim)) == transition::lease_lost); // it never did
  db.check_promises();
}

TEST_CASE_FIXTURE(fence_fixture,
                  "claim fence: an end repeated after its answer was lost is answered as it was") {
  const int number = claim().claim;
  SUBCASE("completed") {
    const store::complete_job request{us, job, storage_key{"v"}, 1, number};
    CHECK(*ask.ask(request) == transition::done);
    const auto before = state();
    CHECK(*ask.ask(request) == transition::done);
    CHECK(*ask.ask(store::complete_job{us, job, storage_key{"w"}, 1, number})
          == transition::lease_lost);
    CHECK(*ask.ask(store::fail_job{us, job, {}, false, number}) == transition::lease_lost);
    CHECK(state() == before);
  }
  SUBCASE("failed") {
    const store::fail_job request{us, job, {failure_class::unknown, "no", "x"}, false, number};
    CHECK(*ask.ask(request) == transition::done);
    const auto before = state();
    CHECK(*ask.ask(request) == transition::done);
    CHECK(state() == before);
  }
  SUBCASE("failed by an operator") {
    db.sql("SELECT operator_fail_job('" + to_string(job) + "', 'by hand')");
    const store::fail_job request{us, job, {failure_class::unknown, "no", "x"}, false, number};
    CHECK(*ask.ask(request) == transition::lease_lost);
  }
  db.check_promises();
}

TEST_CASE_FIXTURE(fence_fixture, "claim fence: one batch tells the repeated from the new") {
  const int first = claim().claim;
  CHECK(*ask.ask(retry(first)) == transition::done);
  const int second = claim().claim;
  auto repeated = ask.start(retry(first));
  auto fresh = ask.start(retry(second));
  CHECK(*repeated.get() == transition::done);
  CHECK(*fresh.get() == transition::done);
  CHECK(db.number("SELECT count(*) FROM job_events WHERE what = 'retry'") == 2);
}

// ── claims that nobody knows of ──────────────────────────────────────────────────────────────────

namespace {

struct unknown_claim_fixture : fence_fixture {
  void beat() { ask.ask(store::heartbeat{us, "n", "worker", "1", "{}"}); }

  std::vector<claimed_job> held(std::vector<job_id> known, std::vector<int> claims) {
    return ask.ask(store::held_jobs{us, std::move(known), std::move(claims)})->jobs;
  }

  /// Whom the audit accuses of unknown claims.
  std::set<std::string> broken() {
    std::set<std::string> subjects;
    for (const auto& x : db::broken_promises(*db.connect(), our_schema(), 30s))
      if (x.promise.find("knows the jobs") != std::string::npos)
        subjects.insert(x.subject);
    return subjects;
  }

  void age_claims(const std::string& by) {
    db.sql("UPDATE jobs SET claimed_at = claimed_at - interval '" + by + "'");
  }
};

} // namespace

TEST_CASE_FIXTURE(
  unknown_claim_fixture,
  "claim fence: a node hears of what it holds under a claim that it does not know") {
  beat();
  CHECK(held({}, {}).empty());
  const auto first = claim(); // committed after the node had asked
  const auto found = held({}, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].claim == first.claim);
  CHECK(held({job}, {first.claim}).empty());
  // Taken back and claimed anew, and the answer was lost: the node knows the job, but not this
  // claim.
  ask.ask(store::release_jobs{us, {job}});
  const auto second = claim();
  const auto again = held({job}, {first.claim});
  REQUIRE(again.size() == 1);
  CHECK(again[0].claim == second.claim);
}

TEST_CASE_FIXTURE(unknown_claim_fixture,
                  "claim fence: the audit finds a claim that its living node never heard of") {
  beat();
  claim();
  CHECK(broken().empty()); // it may be on its way
  age_claims("1 min");
  CHECK(broken() == std::set{to_string(job)});
  held({job}, {1});
  CHECK(broken().empty());
  // A claim that was under way all the time is committed behind the node's back.
  const auto late = db.add_job(7, "draft:1");
  db.sql("UPDATE jobs SET status = 'processing', claimed_by = '" + to_string(us)
         + "', claimed_at = now() - interval '10 s', started_at = now(), claim = 1 WHERE id = '"
         + late + "'");
  CHECK(broken() == std::set{to_string(us)});
  db.sql("UPDATE nodes SET knew_all_at = now() - interval '1 min'");
  age_claims("1 min"); // the node stopped asking
  CHECK(broken() == std::set{to_string(job), late, to_string(us)});
}

TEST_CASE_FIXTURE(
  unknown_claim_fixture,
  "claim fence: what a living node has forgotten for minutes is taken back, and nobody blamed") {
  beat();
  held({}, {});
  claim();
  age_claims("3 min");
  CHECK(ask.ask(store::rescue_expired_jobs{10s})->value == 0); // it asks
  db.sql("UPDATE nodes SET knew_all_at = now() - interval '3 min'");
  CHECK(ask.ask(store::rescue_expired_jobs{30s})->value == 0); // ten leases are five minutes
  CHECK(ask.ask(store::rescue_expired_jobs{10s})->value == 1);
  CHECK(db.number("SELECT count(*) FROM nodes WHERE fenced_at IS NOT NULL") == 0);
  CHECK(db.number("SELECT rescues + blamed FROM jobs") == 0);
  CHECK(db.value("SELECT status FROM jobs") == "queued");
}

// As a product of one with the other it would take minutes, and the lanes allow five seconds.
TEST_CASE_FIXTURE(unknown_claim_fixture,
                  "claim fence: a node compares 20,000 jobs with the database") {
  db.sql("INSERT INTO jobs (tg_user_id, template_type, idempotency_key, status, claimed_by, "
         "claimed_at, claim, started_at) SELECT 7, 'ugc', 'k' || i, 'processing', '"
         + to_string(us) + "', now(), 1, now() FROM generate_series(1, 20000) i");
  beat();
  std::vector<job_id> known;
  for (const auto& row : db.sql("SELECT id FROM jobs WHERE status = 'processing' OFFSET 1"))
    known.push_back(job_id{*uuid::parse(row[0].c_str())});
  const auto got = ask.ask(store::held_jobs{us, known, std::vector<int>(known.size(), 1)});
  REQUIRE(got);
  CHECK(got->jobs.size() == 1);
}

TEST_SUITE_END();
