#include "tests/support/planning.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// Tables as after some weeks: 40,000 finished jobs, 2,000 queued, 2,000 in flight on two nodes.
struct busy_fixture : planning_fixture {
  busy_fixture() {
    sql("INSERT INTO users (tg_user_id) SELECT generate_series(1, 2000)");
    sql(
      "INSERT INTO nodes (incarnation, name) VALUES ('00000000-0000-4000-8000-000000000001', 'a'), "
      "('00000000-0000-4000-8000-000000000002', 'b')");
    sql("INSERT INTO jobs (tg_user_id, template_type, idempotency_key, status, video_url, "
        "finished_at, started_at) "
        "SELECT 1 + i % 2000, 'ugc', 'done:' || i, 'completed', 'v', now(), now() FROM "
        "generate_series(1, 40000) i");
    sql("INSERT INTO jobs (tg_user_id, template_type, idempotency_key) "
        "SELECT 1 + i % 2000, 'ugc', 'queued:' || i FROM generate_series(1, 2000) i");
    sql("INSERT INTO jobs (tg_user_id, template_type, idempotency_key, status, claimed_by, "
        "started_at) "
        "SELECT 1 + i % 2000, 'ugc', 'flying:' || i, 'processing', "
        "('00000000-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, now() FROM generate_series(1, "
        "2000) i");
    sql("INSERT INTO updates (update_id, chat_id, kind, body, handled_at) "
        "SELECT i, i, 'message', '{}', CASE WHEN i < 39000 THEN now() END FROM generate_series(1, "
        "40000) i");
    sql("INSERT INTO notifications (chat_id, kind, sent_at) "
        "SELECT i, 'reply', CASE WHEN i < 39000 THEN now() END FROM generate_series(1, 40000) i");
    sql("ANALYZE");
    start_planning();
  }

  void check_plan(const std::string& text, const std::vector<std::string>& indexes,
                  const std::vector<std::string>& never = {}) {
    const auto plan = plans(text);
    INFO(text);
    for (const auto& index : indexes)
      CHECK_MESSAGE(plan.find(index) != std::string::npos, index << "\n" << plan);
    // One index with the id in it; with the node's alone every transition would read all of its
    // jobs.
    CHECK_MESSAGE(plan.find("Index Cond: (claimed_by = b.node)\n") == std::string::npos, plan);
    for (const auto* table :
         {"jobs", "users", "updates", "notifications", "credit_ledger", "job_tasks"})
      CHECK_MESSAGE(plan.find(std::string{"Seq Scan on "} + table + " ") == std::string::npos,
                    plan);
    for (const auto& index : never)
      CHECK_MESSAGE(plan.find(index) == std::string::npos, plan);
  }

  /// Ten jobs in flight on the first node, and that node as often, as array literals.
  std::string jobs = "(SELECT array_agg(id) FROM (SELECT id FROM jobs WHERE claimed_by = "
                     "'00000000-0000-4000-8000-000000000001' ORDER BY id LIMIT 10) x)";
  std::string nodes = "array_fill('00000000-0000-4000-8000-000000000001'::uuid, ARRAY[10])";
};

/// How many rows the widest node of any plan has read: "actual … rows=N loops=M", and what its
/// filters threw away.
int64_t most_rows_read(const std::string& plans) {
  const std::regex rows{R"(actual rows=(\d+) loops=(\d+)|Rows Removed by Filter: (\d+))"};
  int64_t most = 0;
  for (std::sregex_iterator x{plans.begin(), plans.end(), rows}, end; x != end; ++x)
    most = std::max<int64_t>(most, (*x)[3].matched ? std::stoll((*x)[3])
                                                   : std::stoll((*x)[1]) * std::stoll((*x)[2]));
  return most;
}

std::string tens(const std::string& value) {
  return "array_fill(" + value + ", ARRAY[10])";
}

} // namespace

TEST_SUITE_BEGIN("integration/db/plans");

TEST_CASE_FIXTURE(busy_fixture,
                  "plans: the hot statements find their rows by the index meant for them") {
  check_plan("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 10)",
             {"jobs_due", "jobs_in_turn", "jobs_pkey"});
  check_plan("SELECT record_prompts(" + jobs + ", " + nodes + ", " + tens("'p'::text") + ", "
               + tens("'openai'::text") + ")",
             {"jobs_pkey"});
  check_plan("SELECT record_intents(" + jobs + ", " + nodes
               + ", (SELECT array_agg('t' || i) FROM generate_series(1, 10) i), "
                 "'{k}', '{a}', 1000, '{m}')",
             {"jobs_pkey"});
  check_plan("SELECT record_tasks(" + jobs + ", " + nodes
               + ", (SELECT array_agg('task' || i) FROM generate_series(1, 10) i))",
             {"jobs_pkey", "job_tasks_pkey"});
  check_plan("SELECT complete_jobs(" + jobs + ", " + nodes + ", " + tens("'v'::text") + ", "
               + tens("1::bigint") + ")",
             {"jobs_pkey"});
  check_plan("SELECT stars_per_credit(7)", {"payments_by_user"});
  check_plan("SELECT retry_jobs(" + jobs + ", " + nodes + ", " + tens("'e'::text") + ", "
               + tens("'{}'::jsonb") + ", " + tens("0::bigint") + ", " + tens("true") + ", "
               + tens("true") + ", " + tens("false") + ")",
             {"jobs_pkey"});
  check_plan("SELECT fail_jobs_and_refund(" + jobs + ", " + nodes + ", " + tens("'e'::text") + ", "
               + tens("'{}'::jsonb") + ", " + tens("false") + ")",
             {"jobs_pkey", "users_pkey"});
  check_plan("SELECT rescue_expired_jobs('30 s')", {});
  check_plan("SELECT rescue_forgotten_jobs('30 s')", {});
  check_plan("SELECT held_jobs('00000000-0000-4000-8000-000000000002', '{}')", {"jobs_in_flight"});
  check_plan("SELECT release_jobs('00000000-0000-4000-8000-000000000002')", {"jobs_in_flight"});
}

TEST_CASE_FIXTURE(
  busy_fixture,
  "plans: inbox, conversations and outbox find their rows by the index meant for them") {
  check_plan("SELECT load_conversations('{1,2,39500}', '{1,2,3}', '{1,2,3}')",
             {"updates_pkey", "users_pkey", "sessions", "jobs_in_turn"});
  check_plan("SELECT stale_steps('{39500,39501}', '{39500,39501}', '{0,0}')",
             {"updates_pending_of_chat", "sessions_pkey"}, {"updates_pending "});
  check_plan("SELECT send_missed_videos('{1,2,3}')",
             {"users_pkey", "notifications_dropped_videos"});
  check_plan("SELECT * FROM left_to_operators()",
             {"payments_unsettled", "notifications_dropped_videos", "operator_actions_by_target"});
  check_plan("SELECT take_ended()", {"jobs_finished", "credit_ledger_pkey"});
  check_plan("SELECT durations_seen()", {"jobs_finished", "jobs_open"});
  check_plan("SELECT stages_now()", {"jobs_in_flight", "jobs_due", "notifications"});
  check_plan("SELECT job_summaries('{1,2}', '{5,5}', '{NULL,NULL}')", {"jobs_by_user"});
  check_plan("SELECT due_notices(100)", {"notifications_due", "notifications_of_chat"});
  check_plan("SELECT job_history(" + jobs + "[1])",
             {"jobs_pkey", "job_events_by_job", "job_tasks_by_job", "notifications_by_job",
              "one_charge_per_job", "one_refund_per_job"});
  check_plan("SELECT mark_sent('{39500,39501}', '{1,1}', '{\"\",\"\"}')", {"notifications_pkey"},
             {"notifications_due", "notifications_of_chat"});
  check_plan("SELECT defer_notices('{39502}', '{1000}', '{x}')", {"notifications_pkey"},
             {"notifications_due"});
  check_plan("SELECT create_job_and_consume_credit(2, 'ugc', 'done:1', 'p', '{}')",
             {"users_pkey", "one_job_per_idempotency_key"});
}

/// PostgreSQL puts a function of SQL into the statement that calls it, unless it looks into a
/// table: then it is planned anew in each statement, which takes longer than most of what it is
/// asked for.
TEST_CASE_FIXTURE(busy_fixture, "plans: the hot statements call no function that is planned anew") {
  sql("SET track_functions = 'all'");
  const std::string node = "'00000000-0000-4000-8000-000000000001'";
  for (const auto& text : {
         "SELECT heartbeat(" + node + ", 'a', 'worker', '1', '{}'), is_paused('node', 'a')",
         std::string{"SELECT create_job_and_consume_credit(2, 'ugc', 'done:1', 'p', '{}')"},
         std::string{"SELECT load_conversations('{1,2}', '{1,2}', '{1,2}')"},
         std::string{"SELECT put_updates('{50000}', '{1}', '{message}', ARRAY['{}'])"},
         "SELECT claim_jobs_within_budget(" + node + ", 10, '{k,l}', '{a,b}', 100, '{m}')",
         "SELECT record_prompts(" + jobs + ", " + nodes + ", " + tens("'p'::text") + ", "
           + tens("'openai'::text") + ")",
         "SELECT record_intents(" + jobs + ", " + nodes
           + ", (SELECT array_agg('t' || i) FROM generate_series(1, 10) i), '{k}', '{a}', 1000, "
             "'{m}')",
         "SELECT record_tasks(" + jobs + ", " + nodes
           + ", (SELECT array_agg('task' || i) FROM generate_series(1, 10) i))",
         "SELECT retry_jobs(" + jobs + ", " + nodes + ", " + tens("'e'::text") + ", "
           + tens("'{}'::jsonb") + ", " + tens("0::bigint") + ", " + tens("true") + ", "
           + tens("true") + ", " + tens("false") + ")",
         "SELECT complete_jobs(" + jobs + ", " + nodes + ", " + tens("'v'::text") + ", "
           + tens("1::bigint") + ")",
         "SELECT fail_jobs_and_refund(" + jobs + ", " + nodes + ", " + tens("'e'::text") + ", "
           + tens("'{}'::jsonb") + ", " + tens("false") + ")",
         std::string{"SELECT due_notices(100)"},
         std::string{"SELECT mark_sent('{39500,39501}', '{1,1}', ARRAY['', ''])"},
       })
    sql(text);
  sql("SELECT pg_stat_force_next_flush()");
  CHECK(number("SELECT count(*) FROM pg_stat_user_functions") >= 12); // all that were called
  CHECK(value("SELECT coalesce(string_agg(f.funcname, ' '), '') FROM pg_stat_user_functions f "
              "JOIN pg_proc p ON p.oid = f.funcid JOIN pg_language l ON l.oid = p.prolang "
              "WHERE l.lanname = 'sql'")
        == "");
}

TEST_CASE_FIXTURE(planning_fixture,
                  "plans: batches stay cheap while the statistics say that the tables are empty") {
  sql("VACUUM ANALYZE");
  start_planning();
  sql("SET auto_explain.log_analyze = on");
  sql("SET auto_explain.log_min_duration = -1");
  sql("INSERT INTO users (tg_user_id) SELECT generate_series(1, 2000)");
  sql("SELECT grant_credits(i, 1) FROM generate_series(1, 2000) i");
  sql("SELECT create_job_and_consume_credit(i, 'ugc', i::text, 'p', '{}') FROM generate_series(1, "
      "2000) i");
  sql("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 2000)");
  sql("INSERT INTO notifications (chat_id, job_id, kind) SELECT tg_user_id, id, 'job_done' FROM "
      "jobs");
  sql("SET auto_explain.log_min_duration = 0");
  const std::string jobs = "array_agg(id), array_agg(claimed_by), ";
  const std::string some = " FROM (SELECT * FROM jobs WHERE status = 'processing' LIMIT 400) x";
  // A row compared with each of a batch's is the sign of a product where a look-up was meant.
  const std::regex product{R"(Rows Removed by (Join )?Filter: \d{4,})"};
  for (const auto& statement :
       {"SELECT record_prompts(" + jobs + "array_agg('p'::text), array_agg('user'::text))" + some,
        "SELECT record_intents(" + jobs + "array_agg(id::text), '{k}', '{a}', 1000, '{m}')" + some,
        "SELECT record_tasks(" + jobs + "array_agg(id::text))" + some,
        "SELECT complete_jobs(" + jobs + "array_agg('v'::text), array_agg(1::bigint))" + some,
        "SELECT fail_jobs_and_refund(" + jobs
          + "array_agg('e'::text), array_agg('{}'::jsonb), array_agg(false))" + some,
        "SELECT retry_jobs(" + jobs
          + "array_agg('e'::text), array_agg('{}'::jsonb), array_agg(0::bigint), array_agg(true), "
            "array_agg(true), array_agg(false))"
          + some,
        std::string{"SELECT due_notices(500)"},
        std::string{"SELECT load_conversations(array_agg(i), array_agg(i), array_agg(i)) FROM "
                    "generate_series(1::bigint, 400) i"},
        std::string{
          "SELECT mark_sent(array_agg(id), array_agg(1::bigint), array_agg('f'::text)) FROM "
          "(SELECT * FROM notifications ORDER BY id LIMIT 400) x"}}) {
    const auto plan = plans(statement);
    std::smatch found;
    CHECK_FALSE_MESSAGE(std::regex_search(plan, found, product), statement << "\n" << plan);
  }
  sql("SELECT grant_credits(1, 1), create_job_and_consume_credit(1, 'ugc', 'one more', 'p', '{}')");
  const auto plan = plans("SELECT claim_jobs('00000000-0000-4000-8000-000000000001', 10)");
  CHECK_MESSAGE(most_rows_read(plan) < 100, plan); // its node holds hundreds
}

TEST_CASE_FIXTURE(busy_fixture, "plans: no page of operators reads more than a few thousand jobs") {
  sql(
    "INSERT INTO jobs (tg_user_id, template_type, idempotency_key, status, error, error_details, "
    "finished_at, started_at) "
    "SELECT 1 + i % 2000, 'ugc', 'failed:' || i, 'failed', 'e', '{\"class\": \"c\"}', now(), now() "
    "FROM generate_series(1, 5000) i");
  sql("INSERT INTO operator_actions (operator, verb, target, reason) "
      "SELECT 'a', 'queue pause', 't' || i % 100, 'r' FROM generate_series(1, 5000) i");
  sql("ANALYZE");
  sql("SET auto_explain.log_analyze = on");
  sql("SET auto_explain.log_timing = off");
  const std::string half = "(SELECT id FROM jobs ORDER BY id OFFSET 20000 LIMIT 1)";
  struct row {
    std::string call;
    std::vector<std::string> indexes;
  };
  for (const auto& [call, indexes] : {
         row{"SELECT jobs_page('{}', NULL, 50)", {"jobs_pkey"}},
         row{"SELECT jobs_page('{\"class\": \"none\"}', NULL, 50)", {"jobs_pkey"}},
         row{"SELECT jobs_page('{\"status\": \"completed\"}', " + half + ", 50)", {"jobs_pkey"}},
         row{"SELECT jobs_page('{\"status\": \"failed\"}', NULL, 50)", {"jobs_failed"}},
         row{"SELECT jobs_page('{\"status\": \"failed\", \"class\": \"none\"}', " + half + ", 50)",
             {"jobs_failed"}},
         row{"SELECT jobs_page('{\"status\": \"failed\", \"class\": \"c\", \"signal\": \"none\"}', "
             "NULL, 50)",
             {"jobs_failed"}},
         row{"SELECT jobs_page('{\"signal\": \"422 policy\"}', NULL, 50, true)", {"jobs_pkey"}},
         row{"SELECT jobs_page('{\"status\": \"queued\"}', NULL, 50)", {"jobs_open"}},
         row{"SELECT jobs_page('{\"status\": \"processing\", \"node\": \"a\"}', NULL, 50)",
             {"jobs_open"}},
         row{"SELECT jobs_page('{\"user\": \"7\"}', NULL, 50)", {"jobs_by_user"}},
         row{"SELECT jobs_page('{\"id_from\": \"00000000-0000-0000-0000-000000000000\", \"id_to\": "
             "\"00000000-0000-0000-0000-00000000ffff\"}', NULL, 50)",
             {"jobs_pkey"}},
         row{"SELECT errors_page('24 hours')", {"jobs_failed"}},
         row{"SELECT errors_page('7 days', true)", {"jobs_failed"}},
         row{"SELECT actions_page(NULL, NULL, 50)", {"operator_actions_pkey"}},
         row{"SELECT actions_page(4000, 't7', 50)", {"operator_actions_by_target"}},
       }) {
    // `half` itself is not part of the page.
    const auto text =
      call.find(half) == std::string::npos
        ? call
        : std::string{call}.replace(call.find(half), half.size(), "'" + value(half) + "'");
    check_plan(text, indexes);
    const auto read = most_rows_read(plans(text));
    CHECK_MESSAGE(read > 0, text);
    CHECK_MESSAGE(read <= 4000, text);
  }
}

TEST_SUITE_END();
