#include "protocol/store/nodes.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/planning.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using store::sweep_kind;

namespace {

constexpr std::chrono::seconds keep = 90 * 24h;

struct retention_fixture : store_fixture {
  /// Sweeps until nothing is left; the number of rows.
  int sweep_all(sweep_kind kind, int limit, int& batches) {
    int rows = 0;
    batches = 0;
    for (store::swept x{0, true}; x.more && batches < 1000; ++batches) {
      const auto answer = ask.ask(store::sweep{kind, keep, limit});
      REQUIRE_MESSAGE(answer, to_string(answer.error()));
      x = *answer;
      rows += x.rows;
    }
    return rows;
  }

  int sweep_all(sweep_kind kind) {
    int batches = 0;
    return sweep_all(kind, 2000, batches);
  }

  void add_updates(int from, int to, const std::string& age) {
    db.sql(
      "INSERT INTO updates (update_id, chat_id, kind, body, received_at, handled_at) SELECT i, "
      "i, 'message', '{}', now() - interval '"
      + age + "', now() - interval '" + age + "' FROM generate_series(" + std::to_string(from)
      + ", " + std::to_string(to) + ") i");
  }
};

/// Tables of a year: 100,000 rows of each kind are old, and as many are young.
struct year_fixture : planning_fixture {
  year_fixture() {
    sql("VACUUM ANALYZE"); // the plans of a lane may stem from the minute in which all was empty
    sql("INSERT INTO users (tg_user_id) SELECT generate_series(1, 1000)");
    for (const auto* age : {"200 days", "1 minute"}) {
      const auto then = "now() - interval '" + std::string{age} + "'";
      const std::string offset = age[0] == '2' ? "0" : "100000";
      const auto from = " FROM generate_series(1 + " + offset + ", 100000 + " + offset + ") i";
      sql(
        "INSERT INTO updates (update_id, chat_id, kind, body, received_at, handled_at) SELECT i, i,"
        " 'message', '{}', "
        + then + ", " + then + from);
      sql("INSERT INTO notifications (chat_id, kind, created_at, sent_at) SELECT i, 'reply', "
          + then + ", " + then + from);
      sql("INSERT INTO cards (draft_id, chat_id, message_id, finished, updated_at) SELECT "
          "gen_random_uuid(), i, i, true, "
          + then + from);
      sql("INSERT INTO sessions (chat_id, state, updated_at) SELECT i, '', " + then + from);
      sql(
        "INSERT INTO jobs (tg_user_id, template_type, idempotency_key, product_image_url, status, "
        "video_url, created_at, started_at, finished_at) SELECT 1 + i % 1000, 'ad', i::text, "
        "'photos/' || i, 'completed', 'videos/' || i, "
        + then + ", " + then + ", " + then + " + i * interval '1 ms'" + from);
    }
    start_planning();
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/retention");

TEST_CASE_FIXTURE(retention_fixture,
                  "retention: removes what is settled and old, and nothing else") {
  add_updates(1, 1, "4 days");
  add_updates(3, 3, "2 days");
  db.sql("INSERT INTO updates (update_id, chat_id, kind, body, received_at) VALUES "
         "(2, 7, 'message', '{}', now() - interval '4 days')");
  db.sql("INSERT INTO notifications (chat_id, kind, created_at, sent_at) VALUES "
         "(7, 'reply', now() - interval '100 days', now() - interval '99 days'), "
         "(7, 'renewed', now() - interval '100 days', now() - interval '1 day'), "
         "(7, 'unsent', now() - interval '100 days', NULL)");
  db.sql("INSERT INTO cards (draft_id, chat_id, message_id, finished, updated_at) VALUES "
         "(gen_random_uuid(), 1, 1, true, now() - interval '91 days'), "
         "(gen_random_uuid(), 2, 2, false, now() - interval '91 days'), "
         "(gen_random_uuid(), 3, 3, true, now())");
  db.sql(
    "INSERT INTO nodes (incarnation, name, fenced_at) VALUES (gen_random_uuid(), 'gone', now() "
    "- interval '2 days'), (gen_random_uuid(), 'here', NULL)");
  for (const auto kind :
       {sweep_kind::updates, sweep_kind::notifications, sweep_kind::cards, sweep_kind::nodes})
    CHECK_MESSAGE(sweep_all(kind) == 1, to_string(kind));
  CHECK(sweep_all(sweep_kind::drafts) == 0);
  CHECK(db.value("SELECT string_agg(update_id::text, ',' ORDER BY update_id) FROM updates")
        == "2,3");
  CHECK(db.value("SELECT string_agg(kind, ',' ORDER BY id) FROM notifications")
        == "renewed,unsent");
  CHECK(db.value("SELECT string_agg(chat_id::text, ',' ORDER BY chat_id) FROM cards") == "2,3");
  CHECK(db.value("SELECT name FROM nodes") == "here");
}

TEST_CASE_FIXTURE(retention_fixture, "retention: says when there is more, and ends") {
  add_updates(1, 2500, "4 days");
  int batches = 0;
  CHECK(sweep_all(sweep_kind::updates, 1000, batches) == 2500);
  CHECK(batches == 3);
  CHECK(db.number("SELECT count(*) FROM updates") == 0);
}

TEST_CASE_FIXTURE(retention_fixture, "retention: passes over what somebody has locked") {
  add_updates(1, 100, "4 days");
  const auto other = db.connect();
  pqxx::work stranger{*other};
  stranger.exec("SELECT FROM updates WHERE update_id = 50 FOR UPDATE");
  CHECK(sweep_all(sweep_kind::updates) == 99);
  stranger.abort();
  CHECK(sweep_all(sweep_kind::updates) == 1);
}

TEST_CASE_FIXTURE(retention_fixture, "retention: walks through all sessions for old drafts") {
  db.sql(
    "INSERT INTO sessions (chat_id, state, data, updated_at) SELECT i, 'x', '{\"order\": {}}', "
    "now() - interval '1 day' * abs(i % 2) * 100 FROM generate_series(-50, 49) i");
  for (int walk = 0; walk < 2; ++walk) { // one after the other
    int batches = 0;
    CHECK(sweep_all(sweep_kind::drafts, 30, batches) == (walk == 0 ? 50 : 0));
    CHECK(batches == 4);
  }
  CHECK(db.number("SELECT count(*) FROM sessions WHERE data ? 'order'") == 50);
}

TEST_CASE_FIXTURE(year_fixture, "retention: finds what is old by its index, among 200,000 rows") {
  const std::regex products{R"(Rows Removed by (Join )?Filter: \d{5,})"};
  sql("SET auto_explain.log_analyze = on; SET auto_explain.log_timing = off");
  for (const auto& [statement, index] : std::vector<std::pair<std::string, std::string>>{
         {"sweep('updates', '90 days', 2000)", "updates_handled"},
         {"sweep('notifications', '90 days', 2000)", "notifications_settled"},
         {"sweep('cards', '90 days', 2000)", "cards_finished"},
         {"sweep('drafts', '90 days', 2000)", "sessions_pkey"},
         {"take_old_files('90 days', 100)", "old_files_due"}}) {
    for (const auto* kept_plans : {"force_generic_plan", "force_custom_plan"}) {
      sql(std::string{"SET plan_cache_mode = "} + kept_plans);
      const auto plan = plans("SELECT * FROM " + statement);
      INFO(statement << " " << kept_plans << "\n" << plan);
      CHECK(plan.find(index) != std::string::npos);
      for (const auto* table :
           {"updates", "notifications", "cards", "sessions", "jobs", "old_files"})
        CHECK(plan.find(std::string{"Seq Scan on "} + table + " ") == std::string::npos);
      CHECK_FALSE(std::regex_search(plan, products));
      sql("ANALYZE");
    }
  }
  CHECK(number("SELECT count(*) FROM updates") == 200000 - 4000);
  CHECK(number("SELECT count(*) FROM old_files WHERE taken_at IS NOT NULL") == 200);
}

TEST_CASE_FIXTURE(
  retention_fixture,
  "retention: a video whose message was swept is sent again as often as wanted, by one message") {
  db.add_user(7, 1);
  const incarnation us{uuid::random()};
  const job_id job{*uuid::parse(db.add_job(7, "draft:0"))};
  REQUIRE(ask.ask(store::claim_jobs{us, 1, {{"a", {key_fingerprint{"k"}}}}, 20, {"m"}})->jobs.size()
          == 1);
  REQUIRE(*ask.ask(store::complete_job{us, job, storage_key{"videos/1"}, 1})
          == store::transition::done);
  db.sql(
    "UPDATE notifications SET created_at = created_at - interval '100 days', sent_at = now() - "
    "interval '100 days'");
  CHECK(sweep_all(sweep_kind::notifications) > 0);
  for (int i = 0; i < 3; ++i) {
    db.sql("SELECT operator_resend_video('" + to_string(job) + "')");
    CHECK(
      db.number("SELECT count(*) FROM notifications WHERE kind = 'job_done' AND sent_at IS NULL")
      == 1);
    db.check_promises();
    db.sql("UPDATE notifications SET sent_at = now()");
  }
}

TEST_SUITE_END();
