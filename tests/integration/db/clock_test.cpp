#include "protocol/store/inbox.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

const std::vector<store::account> accounts{{"a", {key_fingerprint{"k1"}, key_fingerprint{"k2"}}}};

/// Without the tables in which migrate keeps its books.
constexpr const char* times_of_the_schema =
  "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
  "AND data_type = 'timestamp with time zone' AND table_name NOT LIKE 'schema_%' "
  "ORDER BY 1, 2";

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

  std::vector<store::notification> unsent() {
    return ask.ask(store::due_notifications{})->notifications;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/clock");

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
  for (const auto& notification : unsent())
    ask.ask(store::defer_notification{notification.id, 30s, "x"});
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
  ask.ask(store::cool_down_key{key_fingerprint{"k1"}, 60s, "x", false, {}});
  ask.ask(store::cool_down_model{"m", 60s, "x", {}});
  db.sql("INSERT INTO kie_keys (fingerprint, blocked_until) VALUES ('k2', 'infinity')");
  set_clock_back();
  rescue();
  const auto view = *ask.ask(store::read_keys{30s});
  REQUIRE(view.cooling.size() == 2);
  for (const auto& key : view.cooling) {
    CAPTURE(key.key.value);
    CHECK((key.key.value == "k2" ? key.left > 1h : key.left <= 62s));
    CHECK(key.left > 50s);
  }
  CHECK(db.number("SELECT seconds_between(now(), blocked_until) FROM kie_models") <= 62);
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: the ages of intents and tasks go on") {
  const job_id job{*uuid::parse(db.add_job(7, "a:0"))};
  REQUIRE(claim().size() == 1);
  REQUIRE(ask.ask(store::record_intent{us, job, "t", accounts, 20, {"n"}})->outcome
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

namespace {

/// Columns that only tell what was. Nothing waits for them, or only for its being forgotten, which
/// may come later by as much as the clock was set back; and none is compared with another one.
/// tell_operators() takes a time of an alert that lies ahead for one of before.
constexpr const char* telling = R"(
  alerts.raised_at alerts.told_at
  broadcasts.created_at broadcasts.finished_at
  credit_ledger.created_at job_events.created_at
  job_events.claimed_at
  job_tasks.created_at job_tasks.intent_at job_tasks.photo_at job_tasks.settled_at
  jobs.created_at jobs.delivered_at jobs.finished_at jobs.prompt_at jobs.result_at jobs.started_at
  kie_models.updated_at kie_slots.started_at
  nodes.fenced_at nodes.left_at nodes.started_at
  notifications.dropped_at notifications.received_at notifications.sent_at
  old_files.removed_at old_files.since old_files.taken_at
  operator_actions.at
  outages.began_at outages.ended_at
  pauses.since
  payments.created_at payments.refund_asked_at payments.refunded_at payments.settled_at
  referrals.created_at referrals.paid_at
  sessions.updated_at updates.handled_at
  users.banned_at users.blocked_at users.created_at users.news_off_at users.returned_at users.terms_accepted_at
  users.updated_at)";

bool only_tells(const std::string& column) {
  std::istringstream words{telling};
  return std::find(std::istream_iterator<std::string>{words}, {}, column)
         != std::istream_iterator<std::string>{};
}

} // namespace

TEST_CASE_FIXTURE(clock_fixture, "clock set back: every column of a time moves or only tells") {
  const auto job = db.add_job(7, "a:0");
  db.sql(
    "UPDATE jobs SET claimed_by = gen_random_uuid(), claimed_at = now(), status = 'processing', "
    "intent_at = now(), task_created_at = now(), stranded_since = now(), claim = 1, "
    "started_at = now()");
  db.sql("INSERT INTO notifications (chat_id, kind, renewed_at) VALUES (7, 'reply', now())");
  db.sql("INSERT INTO updates (update_id, chat_id, kind, body) VALUES (1, 7, 'message', '{}')");
  db.sql(
    "INSERT INTO kie_keys (fingerprint, blocked_until, last_used_at) VALUES ('k1', now(), now())");
  db.sql("INSERT INTO kie_models (model, blocked_until) VALUES ('m', now())");
  db.sql("INSERT INTO pauses (subject, name, ends_at, operator, reason) "
         "VALUES ('model', 'm', now(), 'anna', 'test')");
  db.sql("INSERT INTO kie_model_reports (model, tg_user_id) VALUES ('m', 7)");
  db.sql("INSERT INTO job_tasks (token, job_id, attempt, kie_account, kie_api_key, model, "
         "abandoned_at) VALUES ('t', '"
         + job + "', 1, 'a', 'k1', 'm', now())");
  db.sql("UPDATE nodes SET knew_all_at = now()");
  db.sql("INSERT INTO cards (draft_id, chat_id, message_id) VALUES (gen_random_uuid(), 7, 1)");
  db.sql("INSERT INTO old_files (key, tg_user_id) VALUES ('x', 7)");
  db.sql("INSERT INTO providers (name, down_since, began_at, declared_at, cause, ended_at, "
         "doubted_since, trial_at, models_out_since, shut_since) "
         "VALUES ('kie', now(), now(), now(), 'probe', now(), now(), now(), now(), now())");
  db.sql("INSERT INTO provider_watchers (provider, id, probed_at) "
         "VALUES ('kie', gen_random_uuid(), now())");
  db.sql("INSERT INTO provider_failures (provider, stage, job_id, tg_user_id) "
         "VALUES ('kie', 'task', '"
         + job + "', 7)");
  set_clock_back();
  rescue();
  for (const auto& x : db.sql(times_of_the_schema)) {
    const std::string table = x[0].c_str();
    const std::string column = x[1].c_str();
    CAPTURE(table + "." + column);
    if (only_tells(table + "." + column))
      continue;
    // One that is named neither here nor in follow_clock(), or of which this test writes no value.
    const auto rows = " FROM " + table + (table == "settings" ? " WHERE key = 'clock'" : "");
    CHECK(db.number("SELECT count(" + column + ")" + rows) > 0);
    CHECK(db.value("SELECT coalesce(max(" + column + ") <= now() + interval '2 s', false)" + rows)
          == "t");
  }
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: watchers of a provider that have gone are dead") {
  db.sql("INSERT INTO provider_watchers (provider, id, probed_at, reached) "
         "VALUES ('kie', gen_random_uuid(), now(), true)");
  set_clock_back();
  rescue();
  db.sql("UPDATE provider_watchers SET seen_at = seen_at - interval '1 minute'"); // it was silent
  CHECK(db.value("SELECT note_probe('kie', gen_random_uuid(), false, '30 s')") == "t");
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: a node that was fenced before tells no time") {
  ask.ask(store::heartbeat{dead, "dead", "worker", "1", "{}"});
  rescue();
  db.sql("UPDATE nodes SET fenced_at = now(), heartbeat_at = now() + interval '2 h' "
         "WHERE name = 'dead'");
  for (int i = 0; i < 3; ++i)
    CHECK(db.value("SELECT follow_clock()") == "00:00:00");
}

TEST_CASE_FIXTURE(clock_fixture, "clock set back: one that goes on moves nothing") {
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

TEST_SUITE_END();
