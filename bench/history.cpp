#include "bench/history.hpp"

#include "bench/report.hpp"

#include <cstdio>
#include <utility>

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::bench {

namespace {

/// Rows go in without indexes and checks of references, which are made and hold afterwards: with
/// them it takes ten times as long.
class bulk_load {
public:
  explicit bulk_load(test::empty_database& db)
    : on_(db::connect({.url = db.url(), .statement_timeout = {}, .lock_timeout = {}})) {
    sql("SET session_replication_role = replica");
    sql("SET maintenance_work_mem = '256MB'");
    for (const auto& row :
         sql("SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
             "WHERE i.indrelid IN ('jobs'::regclass, 'credit_ledger'::regclass, "
             "'notifications'::regclass, 'updates'::regclass, 'job_tasks'::regclass) "
             "AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)")) {
      sql("DROP INDEX " + row[0].as<std::string>());
      indexes_.push_back(row[1].as<std::string>());
    }
  }

  pqxx::result sql(const std::string& text) { return pqxx::nontransaction{*on_}.exec(text); }

  void make_indexes() {
    for (const auto& index : indexes_) {
      sql(index);
      say(index.substr(0, index.find(" ON ")));
    }
    sql("VACUUM ANALYZE");
    sql("CHECKPOINT"); // or what is measured next would be written beside all of this
  }

  /// To whom waits, for minutes: what is done, since when, and how large it has become.
  void say(const std::string& done) {
    const auto bytes = sql("SELECT pg_database_size(current_database())").at(0)[0].as<int64_t>();
    std::fprintf(stderr, "history: %s, after %.0f s, %.1f GB\n", done.c_str(), time_.seconds(),
                 static_cast<double>(bytes) / 1e9);
  }

private:
  stopwatch time_;
  std::unique_ptr<pqxx::connection> on_;
  std::vector<std::string> indexes_;
};

constexpr auto users_sql =
  "INSERT INTO users (tg_user_id, username, first_name, language_code, credits, terms_version, "
  "terms_accepted_at, created_at) SELECT :first + i, 'user' || i, 'Ann', 'ru', 3, '1', now() - "
  "interval '2 years', now() - interval '2 years' FROM generate_series(0, :users - 1) i";

/// Job `i` was ordered its share of two years after the first; one of fifty failed. Its keys are
/// led by the time, as those of orders are.
constexpr auto jobs_sql =
  "INSERT INTO jobs (id, tg_user_id, template_type, product_name, product_text, product_image_url, "
  "idempotency_key, prompt, prompt_source, model, kie_task_id, kie_api_key, status, error, "
  "attempts, started_told, video_url, video_bytes, video_file_id, created_at, started_at, "
  "finished_at, run_at, updated_at, claim, claimed_on, ordered_on, polls, delivered_at, cost, "
  "task_created_at, intent_token, intent_at) SELECT time_ordered_uuid(), :first + i % :users, "
  "'ad', 'mug', 'a blue mug of 350 ml', 'photos/' || i || '.jpg', time_ordered_uuid() || ':0', "
  "repeat('A mug turns. ', 40), 'openai', 'bench-model', 'old-' || i, '0123456789ab', "
  "CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'completed' END, CASE WHEN i % 50 = 0 THEN 'TIMEOUT' "
  "END, 1, true, CASE WHEN i % 50 > 0 THEN 'videos/' || i || '.mp4' END, 5000000, 'file' || i, "
  "t.began, t.began + interval '1 s', t.began + interval '5 min', t.began, t.began + interval "
  "'5 min', 1, 'worker-1', 'bot', 20, t.began + interval '5 min', 0.3, t.began + interval '2 s', "
  "time_ordered_uuid(), t.began + interval '2 s' FROM generate_series(0, :jobs - 1) i, LATERAL "
  "(SELECT now() - interval '1 hour' - interval '2 years' * (1 - i::float / :jobs) AS began) t";

constexpr auto ledger_sql =
  "INSERT INTO credit_ledger (tg_user_id, job_id, kind, amount, created_at) "
  "SELECT tg_user_id, id, 'charge', -1, created_at FROM jobs "
  "UNION ALL SELECT tg_user_id, id, 'refund', 1, finished_at FROM jobs WHERE status = 'failed' "
  "UNION ALL SELECT u.tg_user_id, NULL, 'grant', 3 + coalesce(j.paid, 0), u.created_at FROM users "
  "u "
  "LEFT JOIN (SELECT tg_user_id, count(*) FILTER (WHERE status = 'completed') AS paid FROM jobs "
  "GROUP BY 1) j USING (tg_user_id)";

constexpr auto tasks_sql =
  "INSERT INTO job_tasks (token, job_id, attempt, kie_account, kie_api_key, model, intent_at, "
  "task_id, created_at, settled_at) SELECT intent_token, id, 1, 'account', kie_api_key, model, "
  "intent_at, kie_task_id, task_created_at, finished_at FROM jobs";

/// Messages are kept for 90 days, updates for three.
constexpr auto messages_sql =
  "INSERT INTO notifications (chat_id, job_id, kind, payload, message_id, created_at, run_at, "
  "sent_at, received_at) SELECT j.tg_user_id, j.id, k.kind, '{\"attempt\":1}', 1, j.finished_at, "
  "j.finished_at, j.finished_at + interval '1 s', j.finished_at + interval '1 s' FROM jobs j, "
  "LATERAL (VALUES ('job_started'), (CASE WHEN j.status = 'failed' THEN 'job_failed' ELSE "
  "'job_done' END)) k(kind) WHERE j.finished_at > now() - interval '90 days' ORDER BY "
  "j.finished_at";

constexpr auto updates_sql =
  "INSERT INTO updates (update_id, chat_id, kind, body, received_at, handled_at) SELECT -i, "
  ":first + i % :users, 'message', '{\"text\":\"' || repeat('words ', 60) || '\"}', t.came, t.came "
  "FROM generate_series(1, :jobs / 50) i, LATERAL (SELECT now() - interval '3 days' * i * 50 / "
  ":jobs AS came) t";

std::string filled(std::string text, int64_t jobs, int64_t users) {
  const std::pair<std::string, int64_t> values[]{
    {":first", first_known_user}, {":jobs", jobs}, {":users", users}};
  for (const auto& [name, value] : values)
    for (auto place = text.find(name); place != std::string::npos; place = text.find(name))
      text.replace(place, name.size(), std::to_string(value));
  return text;
}

} // namespace

void add_history(test::empty_database& db, int64_t jobs, int64_t users) {
  bulk_load load{db};
  for (const auto& [table, step] :
       {std::pair{"users", users_sql}, std::pair{"jobs", jobs_sql},
        std::pair{"credit_ledger", ledger_sql}, std::pair{"job_tasks", tasks_sql},
        std::pair{"notifications", messages_sql}, std::pair{"updates", updates_sql}}) {
    load.sql(filled(step, jobs, users));
    load.say(table);
  }
  load.make_indexes();
  load.say("analysed and written out");
}

} // namespace neurocards::bench
