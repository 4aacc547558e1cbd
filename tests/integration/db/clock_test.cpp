#include "tests/support/postgres.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::testing;
using namespace std::chrono_literals;

namespace {

const std::vector<store::kie_account> accounts{
  {"a", {key_fingerprint{"k1"}, key_fingerprint{"k2"}}}};

/// Everything was written an hour ago, and then the clock of the database was set back by an hour.
struct clock_fixture : store_fixture {
  incarnation us{uuid::random()};
  incarnation dead{uuid::random()};

  clock_fixture() {
    db.add_user(7, 9);
    ask.ask(store::heartbeat{us, "us", "worker", "1", "{}"});
  }

  /// All that is stored lies an hour further ahead than the clock.
  void set_clock_back() {
    rescue(); // every second: the clock is read
    db.sql("SET session_replication_role = replica");
    for (const auto& x :
         db.sql("SELECT table_name, string_agg(format('%1$I = %1$I + interval ''1 hour''', "
                "column_name), ', ') FROM information_schema.columns WHERE table_schema = 'public' "
                "AND data_type = 'timestamp with time zone' AND table_name NOT LIKE 'schema_%' "
                "GROUP BY 1"))
      db.sql(std::string{"UPDATE "} + x[0].c_str() + " SET " + x[1].c_str());
    db.sql("SET session_replication_role = origin");
  }

  int rescue() { return ask.ask(store::rescue_expired_jobs{30s})->value; }

  std::vector<claimed_job> claim() {
    return ask.ask(store::claim_jobs{us, 10, accounts, 20, {"m", "n"}})->jobs;
  }

  std::vector<store::notice> unsent() { return ask.ask(store::due_notices{})->notices; }
};

} // namespace

TEST_CASE_FIXTURE(clock_fixture, "clock set back: jobs that were due are claimed at once") {
  db.add_job(7, "a:0");
  set_clock_back();
  rescue();
  CHECK(claim().size() == 1);
}

TEST_CASE_FIXTURE(clock_fixture,
                  "clock set back: jobs and messages wait for no longer than they were told") {
  const job_id job{*uuid::parse(db.add_job(7, "a:0"))};
  REQUIRE(claim().size() == 1);
  ask.ask(store::retry_job{us, job, {failure_class::temporary, "x", "x"}, 30s, true, true, false});
  for (const auto& notice : unsent())
    ask.ask(store::defer_notice{notice.id, 30s, "x"});
  const auto deferred = db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL");
  REQUIRE(deferred > 0);
  set_clock_back();
  rescue();
  CHECK(claim().empty());
  CHECK(unsent().empty());
  for (const auto* table : {"jobs", "notifications"})
    CHECK(db.number(std::string{"SELECT count(*) FROM "} + table
                    + " WHERE run_at BETWEEN now() + interval '20 s' AND now() + interval '32 s'")
          > 0);
  rescue(); // once is enough
  CHECK(db.number("SELECT count(*) FROM jobs WHERE run_at > now() + interval '20 s'") == 1);
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: cooldowns end within their own length") {
  ask.ask(store::rest_key{key_fingerprint{"k1"}, 60s, "x", false, {}});
  ask.ask(store::rest_model{"m", 60s, "x", {}});
  db.sql("INSERT INTO kie_keys (fingerprint, blocked_until) VALUES ('k2', 'infinity')");
  set_clock_back();
  rescue();
  const auto view = *ask.ask(store::look_at_keys{30s});
  REQUIRE(view.resting.size() == 2);
  for (const auto& key : view.resting) {
    CAPTURE(key.key.value);
    CHECK((key.key.value == "k2" ? key.left > 1h : key.left <= 62s));
    CHECK(key.left > 50s);
  }
  CHECK(db.number("SELECT seconds_between(now(), blocked_until) FROM kie_models") <= 62);
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: the ages of intents and tasks go on") {
  const job_id job{*uuid::parse(db.add_job(7, "a:0"))};
  REQUIRE(claim().size() == 1);
  REQUIRE(ask.ask(store::record_intent{us, job, "t", accounts, 20, {"n"}})->what
          == store::intent_outcome::verdict::granted);
  set_clock_back();
  rescue();
  const auto held = ask.ask(store::held_jobs{us, {}})->jobs;
  REQUIRE(held.size() == 1);
  CHECK(held[0].intent_age.value() >= -2s); // the time between the look and the moment
  CHECK(held[0].intent_age.value() < 60s);
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: leases expire, and only those of the dead") {
  ask.ask(store::heartbeat{dead, "dead", "worker", "1", "{}"});
  db.add_job(7, "a:0");
  REQUIRE(ask.ask(store::claim_jobs{dead, 1, accounts, 20, {"m"}})->jobs.size() == 1);
  db.add_job(7, "a:1");
  REQUIRE(claim().size() == 1);
  set_clock_back();
  CHECK(rescue() == 0);
  CHECK(db.number("SELECT count(*) FROM nodes WHERE heartbeat_at > now() + interval '2 s'") == 0);
  db.sql("UPDATE nodes SET heartbeat_at = heartbeat_at - interval '31 s' WHERE name = 'dead'");
  CHECK(rescue() == 1);
  CHECK_FALSE(ask.ask(store::heartbeat{us, "us", "worker", "1", "{}"})->fenced);
  CHECK(ask.ask(store::heartbeat{dead, "dead", "worker", "1", "{}"})->fenced);
}

TEST_CASE_FIXTURE(clock_fixture,
                  "clock set back: a step does not wait for an older update for an hour") {
  db.sql("INSERT INTO sessions (chat_id, state) VALUES (7, 'idle')");
  ask.ask(store::put_updates{{{update_id{1}, chat_id{7}, "message", "{}"}}});
  db.sql("UPDATE updates SET received_at = received_at - interval '2 minutes'");
  ask.ask(store::put_updates{{{update_id{2}, chat_id{7}, "message", "{}"}}});
  set_clock_back();
  rescue();
  CHECK(db.value("SELECT stale_steps('{2}', '{7}', '{1}')") == "{f}");
}

TEST_CASE_FIXTURE(clock_fixture,
                  "clock set back: a message is given up by its own age, not by the host's clock") {
  db.sql(
    "INSERT INTO notifications (chat_id, kind, created_at) VALUES (7, 'reply', now() - interval "
    "'25 hours'), (8, 'reply', now())");
  std::vector<std::chrono::milliseconds> ages;
  for (const auto& x : unsent())
    ages.push_back(x.age);
  REQUIRE(ages.size() == 2);
  CHECK(std::ranges::max(ages) >= 25h);
  CHECK(std::ranges::min(ages) < 1min);
}

TEST_CASE_FIXTURE(clock_fixture, "a clock that goes on moves nothing") {
  db.sql("UPDATE jobs SET run_at = now() + interval '1 hour'");
  const auto before = db.value("SELECT concat(sum(extract(epoch FROM run_at))) FROM jobs");
  for (int i = 0; i < 3; ++i)
    rescue();
  CHECK(db.value("SELECT concat(sum(extract(epoch FROM run_at))) FROM jobs") == before);
  // Neither does a time that a person has written.
  db.sql("UPDATE nodes SET heartbeat_at = 'infinity'");
  rescue();
  CHECK(db.value("SELECT concat(sum(extract(epoch FROM run_at))) FROM jobs") == before);
}
