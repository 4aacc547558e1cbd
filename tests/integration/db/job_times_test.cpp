#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using store::transition;

namespace {

/// Jobs of user 7 on one node, and the times at which a test moved them.
struct times_fixture : store_fixture {
  incarnation node{uuid::random()};
  job_id job;
  std::string before; // the order
  std::string ordered;
  std::string claimed; // for the first time; empty: never

  times_fixture() { db.add_user(7, 20); }
  ~times_fixture() { db.check_promises(); }

  std::string now() { return db.value("SELECT clock_timestamp()"); }

  void order(const std::string& key) {
    before = now();
    job = job_id{*uuid::parse(db.add_job(7, key))};
    ordered = now();
    claimed.clear();
  }

  void claim() {
    const store::claim_jobs request{node, 10, {{"a", {key_fingerprint{"k1"}}}}, 1000, {"m"}};
    const auto got = ask.ask(request)->jobs;
    REQUIRE(got.size() == 1);
    REQUIRE(got[0].id == job);
    if (claimed.empty())
      claimed = now();
  }

  void retry() {
    REQUIRE(*ask.ask(store::retry_job{
              node, job, {failure_class::temporary, "busy", "503"}, 0ms, true, true})
            == transition::done);
  }

  void complete() {
    REQUIRE(*ask.ask(store::complete_job{node, job, storage_key{"videos/v.mp4"}, 1})
            == transition::done);
  }

  bool holds(const std::string& condition) {
    return db.value("SELECT coalesce((" + condition + "), false) FROM jobs WHERE id = '"
                    + to_string(job) + "'")
           == "t";
  }

  static std::string between(const std::string& from, const char* column, const std::string& to) {
    return std::string{column} + " BETWEEN '" + from + "' AND '" + to + "'";
  }

  /// Every time lies where the test did what it stands for; `ending`: just before the end.
  void check_ended(const char* status, const std::string& ending) {
    const auto after = now();
    CHECK(holds(std::string{"status = '"} + status + "'"));
    CHECK(holds(between(before, "created_at", ordered)));
    CHECK(holds(claimed.empty() ? "started_at IS NULL" : between(ordered, "started_at", claimed)));
    CHECK(holds(between(ending, "finished_at", after)));
    CHECK(holds("created_at <= finished_at"));
    CHECK(
      holds(claimed.empty() ? "true" : "created_at <= started_at AND started_at <= finished_at"));
  }

  /// Nothing has ended yet.
  void check_open() {
    CHECK(holds("finished_at IS NULL"));
    CHECK(holds(claimed.empty() ? "started_at IS NULL" : between(ordered, "started_at", claimed)));
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/job_times");

TEST_CASE_FIXTURE(times_fixture, "job times: those of its order, first claim and end") {
  SUBCASE("completed at once") {
    order("a");
    check_open();
    claim();
    check_open();
    const auto ending = now();
    complete();
    check_ended("completed", ending);
  }
  SUBCASE("completed with its third attempt, after a drain and a dead worker") {
    order("a");
    claim();
    retry();
    check_open();
    claim();
    REQUIRE(ask.ask(store::release_jobs{node, {job}})->value == 1);
    check_open();
    claim();
    retry();
    claim();
    db.sql("UPDATE nodes SET heartbeat_at = now() - interval '1 h'");
    REQUIRE(db.number("SELECT rescue_expired_jobs('30 s')") == 1);
    check_open();
    db.sql("UPDATE jobs SET run_at = now()");
    node = incarnation{uuid::random()};
    claim();
    const auto ending = now();
    complete();
    check_ended("completed", ending);
  }
  SUBCASE("failed after three attempts") {
    order("a");
    for (int attempt = 1; attempt < 3; ++attempt) {
      claim();
      retry();
    }
    claim();
    const auto ending = now();
    REQUIRE(*ask.ask(store::fail_job{node, job, {failure_class::temporary, "busy", "503"}})
            == transition::done);
    check_ended("failed", ending);
  }
  SUBCASE("failed by the owner's UPDATE while it is processed, and while it waits") {
    for (const auto* key : {"processing", "queued"}) {
      order(key);
      if (key == std::string{"processing"})
        claim();
      const auto ending = now();
      db.sql("UPDATE jobs SET status='failed', error='timeout' WHERE id='" + to_string(job) + "';");
      check_ended("failed", ending);
    }
  }
  SUBCASE("cancelled") {
    order("a");
    const auto ending = now();
    db.sql("SELECT operator_cancel_job('" + to_string(job) + "')");
    check_ended("failed", ending);
  }
}

TEST_CASE_FIXTURE(times_fixture, "job times: status tells what ended in the last minute") {
  const auto ended = [&](const std::string& outcome) {
    return db.value("SELECT status_snapshot()->'last_hour'->>'" + outcome + "_last_minute'");
  };
  CHECK(ended("completed") == "0");
  order("a");
  claim();
  complete();
  CHECK(ended("completed") == "1");
  CHECK(ended("failed") == "0");
  db.sql("SET neurocards.forgets = 'on'"); // else a job that has ended stays as it is
  db.sql("UPDATE jobs SET created_at = now() - interval '400 s', started_at = now() - interval "
         "'300 s', finished_at = now() - interval '61 s'");
  CHECK(ended("completed") == "0");
  CHECK(db.value("SELECT status_snapshot()->'last_hour'->>'completed'") == "1");
}

TEST_CASE_FIXTURE(times_fixture,
                  "job times: status tells how long 19 of 20 users waited, delivery and all") {
  const auto p95 = [&] {
    return db.value("SELECT status_snapshot()->'last_hour'->>'p95_seconds'");
  };
  order("a");
  claim();
  complete();
  db.sql("SET neurocards.forgets = 'on'"); // else a job that has ended stays as it is
  db.sql("UPDATE jobs SET created_at = now() - interval '400 s', started_at = now() - interval "
         "'300 s', finished_at = now() - interval '100 s', delivered_at = NULL");
  CHECK(p95() == "300");
  db.sql("UPDATE jobs SET delivered_at = created_at + interval '350 s'");
  CHECK(p95() == "350");
  db.sql(
    "UPDATE jobs SET created_at = now() - interval '3 h', started_at = now() - interval '3 h', "
    "finished_at = now() - interval '2 h'");
  CHECK(p95() == "NULL"); // of the last hour there is none
}

TEST_CASE_FIXTURE(times_fixture, "job times: no times are accepted that are out of order") {
  order("a");
  claim();
  const auto refused = [&](const std::string& change) {
    return db.refusal("UPDATE jobs SET " + change) == "23514";
  };
  CHECK(refused("started_at = created_at - interval '1 us'"));
  CHECK(refused("created_at = started_at + interval '1 us'"));
  CHECK(refused("finished_at = now()")); // of a job that has not ended
  CHECK(refused("status = 'completed', video_url = 'v', claimed_by = NULL, claimed_at = NULL, "
                "finished_at = started_at - interval '1 us'"));
  CHECK(refused("status = 'completed', video_url = 'v', claimed_by = NULL, claimed_at = NULL"));
  complete();
}

TEST_SUITE_END();
