#include "protocol/store/conversations.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

const std::vector<store::account> accounts{{"a", {key_fingerprint{"k1"}}}};

/// A database with a row of everything, and every question that one part of it could spoil for all.
struct odd_times_fixture : store_fixture {
  incarnation us{uuid::random()};
  job_id held;
  std::vector<std::string> tables;

  odd_times_fixture() {
    db.add_user(7, 5);
    db.sql("INSERT INTO sessions (chat_id, state) VALUES (7, 'idle')");
    db.sql("INSERT INTO updates (update_id, chat_id, kind, body) VALUES (1, 7, 'message', '{}')");
    ask.ask(store::heartbeat{us, "a", "worker", "1", "{}"});
    const job_id done{*uuid::parse(db.add_job(7, "done:0"))};
    REQUIRE(ask.ask(store::claim_jobs{us, 1, accounts, 20, {"m"}})->jobs.size() == 1);
    ask.ask(store::record_intent{us, done, "t0", accounts, 20, {"m"}});
    ask.ask(store::record_task{us, done, task_id{"task-0"}});
    ask.ask(store::complete_job{us, done, storage_key{"videos/done"}, 1});
    held = job_id{*uuid::parse(db.add_job(7, "held:0"))};
    REQUIRE(ask.ask(store::claim_jobs{us, 1, accounts, 20, {"m"}})->jobs.size() == 1);
    db.add_job(7, "queued:0");
    ask.ask(store::cool_down_key{key_fingerprint{"k1"}, 1ms, "x", false, {}});
    ask.ask(store::cool_down_model{"m", 1ms, "x", {}});
    ask.ask(store::show_cluster{"{}"});
    db.sql("INSERT INTO cards (draft_id, chat_id, message_id) VALUES (gen_random_uuid(), 8, 1)");
    for (const auto& row : db.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND "
                                  "tablename NOT LIKE 'schema_%'"))
      tables.emplace_back(row[0].c_str());
    for (const auto& table : tables)
      db.sql("CREATE TEMP TABLE saved_" + table + " AS TABLE " + table);
    db.sql("SET session_replication_role = replica"); // no triggers, no order among the tables
  }

  void restore() {
    for (const auto& table : tables)
      db.sql("DELETE FROM " + table + "; INSERT INTO " + table
             + " OVERRIDING SYSTEM VALUE SELECT * FROM saved_" + table);
  }

  template <class Request>
  void check(const char* name, Request question) {
    const auto answer = ask.ask(std::move(question));
    CHECK_MESSAGE(answer, name << ": " << (answer ? "" : to_string(answer.error())));
  }

  /// What is asked for everybody at once: an error here stops the service.
  void check_questions() {
    check("snapshot", store::snapshot{});
    check("read_keys", store::read_keys{30s});
    check("held_jobs", store::held_jobs{us, {}});
    check("claim_jobs", store::claim_jobs{us, 1, accounts, 20, {"m"}});
    check("record_intent", store::record_intent{us, held, "t1", accounts, 20, {"m"}});
    check("cool_down_key", store::cool_down_key{key_fingerprint{"k1"}, 1s, "x", false, {}});
    check("cool_down_model", store::cool_down_model{"m", 1s, "x", {}});
    store::load_conversation view{update_id{1}, chat_id{7}, user_id{7}, 5, 0, 5, {}};
    check("load_conversation", view);
    check("due_notifications", store::due_notifications{});
    check("refresh_progress", store::refresh_progress{});
    check("late_tasks", store::late_tasks{});
    check("take_old_files", store::take_old_files{24h, 10});
    check("rescue_expired_jobs", store::rescue_expired_jobs{30s});
    CHECK(db.refusal("SELECT card_state(gen_random_uuid())").empty());
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/odd_times");

TEST_CASE_FIXTURE(
  odd_times_fixture,
  "odd times: whatever a person writes into a column of times, all questions are answered") {
  const auto columns = db.sql(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND data_type = 'timestamp with time zone' AND table_name NOT LIKE 'schema_%' ORDER BY 1, 2");
  CHECK(columns.size() > 30);
  int tried = 0;
  for (const auto& column : columns) {
    for (const auto* moment : {"infinity", "-infinity", "294276-01-01", "4713-01-01 BC"}) {
      const std::string table = column[0].c_str(), name = column[1].c_str();
      const auto text = "UPDATE " + table + " SET " + name + " = '" + moment + "'";
      INFO(text);
      if (!db.refusal(text).empty())
        continue; // a constraint
      ++tried;
      check_questions();
      restore();
    }
  }
  CHECK(tried > 100);
}

TEST_CASE_FIXTURE(odd_times_fixture,
                  "odd times: a job all of whose times are infinite spoils nothing") {
  db.sql("UPDATE jobs SET created_at = '-infinity', started_at = '-infinity', finished_at = "
         "'infinity' WHERE idempotency_key = 'done:0'");
  check_questions();
}

TEST_CASE_FIXTURE(odd_times_fixture,
                  "odd times: a key and a model without an end to their cooldown are told so") {
  for (const auto* moment : {"infinity", "294276-01-01"}) {
    CAPTURE(moment);
    for (const auto* table : {"kie_keys", "kie_models"})
      db.sql(std::string{"UPDATE "} + table + " SET blocked_until = '" + moment + "'");
    for (const auto* list : {"keys", "models"}) {
      const auto cooldown = db.value(std::string{"SELECT concat_ws(' ', x->>'resting', "
                                                 "coalesce(x->>'rest_seconds', 'no end')) FROM "
                                                 "jsonb_array_elements(status_snapshot()->'"}
                                     + list + "') x");
      CHECK(cooldown == (moment[0] == 'i' ? "true no end" : "true 6300000000"));
    }
    const auto outcome = *ask.ask(store::record_intent{us, held, "t1", accounts, 20, {"m"}});
    CHECK(outcome.outcome == store::intent_outcome::verdict::no_model);
    CHECK(outcome.wait == 24h); // and then it is looked at again
    CHECK(ask.ask(store::read_keys{30s})->cooling.at(0).left <= 24h);
  }
}

TEST_SUITE_END();
