#include "tests/support/postgres.hpp"

#include "domain/ended.hpp"
#include "protocol/store/history.hpp"
#include "protocol/store/outbox.hpp"

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

const std::string node = "'00000000-0000-4000-8000-000000000001'::uuid";

struct ended_fixture : store_fixture {
  ended_fixture() {
    db.sql("INSERT INTO nodes (incarnation, name) VALUES (" + node + ", 'w-1')");
    db.add_user(7, 5);
  }

  /// An order that is claimed; its id.
  std::string claimed(const std::string& key) {
    db.sql("SELECT create_job_and_consume_credit(7, 'ugc', '" + key + "', 'p', '{}')");
    db.sql("SELECT claim_jobs(" + node + ", 10)");
    return db.value("SELECT id FROM jobs WHERE idempotency_key = '" + key + "'");
  }

  void fail(const std::string& key) {
    const auto job = claimed(key);
    db.sql("UPDATE jobs SET status = 'failed', error = 'x', "
           "error_details = error_details || '{\"class\": \"OUTAGE\"}' WHERE id = '"
           + job + "'");
  }

  /// As if everything had happened so long ago.
  void age(const std::string& by) {
    db.sql("SET session_replication_role = replica"); // which protects finished jobs
    db.sql("UPDATE jobs SET created_at = created_at - interval '" + by
           + "', started_at = "
             "started_at - interval '"
           + by + "', finished_at = finished_at - interval '" + by + "'");
    db.sql("SET session_replication_role = origin");
    db.sql("UPDATE credit_ledger SET created_at = created_at - interval '" + by + "'");
    db.sql("UPDATE settings SET value = value || jsonb_build_object('finished_at', "
           "(value->>'finished_at')::timestamptz - interval '"
           + by + "') WHERE key = 'ended'");
  }

  ended::news take() {
    const auto got = ask.ask(store::take_ended{});
    REQUIRE(got);
    const auto news = ended::parse(got->text);
    REQUIRE(news);
    return *news;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/ended");

TEST_CASE_FIXTURE(ended_fixture, "take_ended: each ended job and movement is told once") {
  fail("a");
  CHECK(take().jobs.empty()); // too young: others of its time may not have committed yet
  age("1 min");
  const auto first = take();
  REQUIRE(first.jobs.size() == 1);
  CHECK_FALSE(first.jobs[0].completed);
  CHECK(first.jobs[0].cls == "OUTAGE");
  CHECK(first.jobs[0].stages[static_cast<size_t>(job_stage::wait)].has_value());
  CHECK(first.credits.at("refund").times == 1);
  CHECK(first.credits.at("charge").amount == 1);
  const auto second = take();
  CHECK(second.jobs.empty());
  CHECK(second.credits.empty());
  fail("b");
  age("1 min");
  CHECK(take().jobs.size() == 1);
}

TEST_CASE_FIXTURE(ended_fixture,
                  "take_ended: while one is told, others hear nothing and do not wait") {
  fail("a");
  age("1 min");
  const auto holder = db.connect();
  pqxx::work telling{*holder};
  telling.exec("SELECT take_ended()");
  CHECK(take().jobs.empty());
  telling.abort(); // its node died before it heard
  CHECK(take().jobs.size() == 1);
}

TEST_CASE_FIXTURE(ended_fixture, "take_ended: more than one page is told in pages") {
  for (const auto* key : {"a", "b", "c"})
    fail(key);
  db.sql("SET session_replication_role = replica");
  db.sql(
    "UPDATE jobs SET created_at = now() - interval '1 h', started_at = now() - interval '1 h', "
    "finished_at = now() - interval '10 s' * (1 + ascii(idempotency_key) - ascii('a'))");
  db.sql("UPDATE settings SET value = value || jsonb_build_object('finished_at', now() - interval "
         "'1 h') WHERE key = 'ended'");
  CHECK(db.number("SELECT jsonb_array_length(take_ended(2)->'jobs')") == 2);
  CHECK(db.number("SELECT jsonb_array_length(take_ended(2)->'jobs')") == 1);
  CHECK(db.number("SELECT jsonb_array_length(take_ended(2)->'jobs')") == 0);
}

TEST_CASE_FIXTURE(ended_fixture, "stages_now: each order is in the stage that its row tells") {
  const auto stage = [&] { return db.value("SELECT stage FROM stages_now() WHERE jobs = 1"); };
  db.sql("SELECT create_job_and_consume_credit(7, 'ugc', 'a', 'p', '{}')");
  CHECK(stage() == "wait");
  db.sql("SELECT claim_jobs(" + node + ", 10)");
  CHECK(stage() == "prompt");
  db.sql("UPDATE jobs SET prompt = 'x', prompt_at = now()");
  CHECK(stage() == "photo");
  db.sql("UPDATE jobs SET intent_token = 't', intent_at = now()");
  CHECK(stage() == "create");
  db.sql("UPDATE jobs SET kie_task_id = 'k', task_created_at = now() - interval '50 s'");
  CHECK(stage() == "render");
  CHECK(db.number("SELECT extract(epoch FROM now() - since)::int FROM stages_now()") >= 50);
}

TEST_CASE_FIXTURE(ended_fixture, "stages_now: nodes tell what they download and commit") {
  for (const auto* key : {"a", "b", "c", "d"})
    db.sql("SELECT create_job_and_consume_credit(7, 'ugc', '" + std::string{key} + "', 'p', '{}')");
  db.sql("SELECT claim_jobs(" + node + ", 10)");
  db.sql("UPDATE jobs SET kie_task_id = idempotency_key, task_created_at = now()");
  const auto beat = [&](const std::string& name, const std::string& stages) {
    db.sql("SELECT heartbeat(md5('" + name + "')::uuid, '" + name
           + "', 'worker', '1', '{\"stages\": [" + stages + "]}')");
  };
  const auto told = [&] {
    return db.value(
      "SELECT coalesce(string_agg(concat_ws(' ', stage, jobs, round(extract(epoch FROM "
      "now() - since) / 10)), ', ' ORDER BY stage), '') FROM stages_now()");
  };
  CHECK(told() == "render 4 0");
  beat("w1", R"({"stage": "download", "jobs": 1, "oldest_seconds": 20.1})");
  beat("w2", R"({"stage": "download", "jobs": 1, "oldest_seconds": 70.1},
                {"stage": "commit", "jobs": 1, "oldest_seconds": 40.1})");
  CHECK(told() == "commit 1 4, download 2 7, render 1 0");
  beat("w2", "");
  CHECK(told() == "download 1 2, render 3 0");
  db.sql("UPDATE nodes SET heartbeat_at = now() - interval '2 minutes' WHERE name = 'w1'");
  CHECK(told() == "render 4 0"); // what it told is out of date
  beat("w1", R"({"stage": "download", "jobs": 9, "oldest_seconds": 1})");
  CHECK(told() == "download 9 0"); // and jobs may have ended since it told
}

TEST_CASE_FIXTURE(store_fixture, "outbox: a reply knows how old the update is that caused it") {
  db.sql("INSERT INTO notifications (chat_id, kind, payload, created_at, received_at) VALUES "
         "(1, 'reply', '{\"text\": \"x\"}', now() - interval '2 s', now() - interval '5 s'), "
         "(2, 'reply', '{\"text\": \"y\"}', now(), NULL)");
  const auto page = ask.ask(store::due_notifications{});
  REQUIRE(page);
  REQUIRE(page->notifications.size() == 2);
  for (const auto& x : page->notifications) {
    REQUIRE(x.update_age.has_value() == (x.chat == chat_id{1}));
    if (x.update_age) {
      CHECK(*x.update_age >= 5s);
      CHECK(*x.update_age < 60s);
    }
  }
}

TEST_SUITE_END();
