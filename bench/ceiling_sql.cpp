#include "bench/ceiling_sql.hpp"

namespace neurocards::bench {

namespace {

std::string node_of(int client) {
  return "'00000000-0000-4000-8000-" + std::to_string(100000000000 + client) + "'";
}

/// `batch` users, all different ones.
std::string some_users(int client, int batch) {
  return "WITH who AS MATERIALIZED (SELECT 1 + (random() * 99)::int * 1000 + (i + "
         + std::to_string(client * batch) + ") % 1000 AS id FROM generate_series(1, "
         + std::to_string(batch) + ") i)";
}

} // namespace

const char* const bare_schema = R"(
  CREATE TABLE users (id bigint PRIMARY KEY, credits int NOT NULL CHECK (credits >= 0)) WITH (fillfactor = 80);
  CREATE TABLE jobs (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner bigint NOT NULL, text text, key text UNIQUE,
    status text NOT NULL DEFAULT 'queued', task text, claimed_by uuid, run_at timestamptz NOT NULL DEFAULT now(),
    video text, created_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz) WITH (fillfactor = 60);
  CREATE INDEX ON jobs (run_at, id) WHERE status = 'queued';
  CREATE INDEX ON jobs (claimed_by, id) WHERE status = 'processing';
  CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner bigint NOT NULL, job uuid,
    kind text NOT NULL, amount int NOT NULL, at timestamptz NOT NULL DEFAULT now());
  CREATE UNIQUE INDEX ON ledger (job) WHERE kind = 'charge';
  CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, chat bigint NOT NULL, job uuid,
    kind text NOT NULL, at timestamptz NOT NULL DEFAULT now(), sent_at timestamptz) WITH (fillfactor = 60);
  CREATE INDEX ON outbox (id) WHERE sent_at IS NULL;
  INSERT INTO users SELECT i, 100000000 FROM generate_series(1, 100000) i;
)";

life_statements bare_statements(int client, int batch) {
  const auto node = node_of(client);
  const auto limit = std::to_string(batch);
  return {
    some_users(client, batch)
      + ", made AS (INSERT INTO jobs (owner, text, key) SELECT id, 'a mug', "
        "gen_random_uuid()::text "
        "FROM who RETURNING id, owner), charged AS (UPDATE users u SET credits = credits - 1 FROM "
        "(SELECT DISTINCT owner FROM made ORDER BY owner) m WHERE u.id = m.owner) INSERT INTO "
        "ledger "
        "(owner, job, kind, amount) SELECT owner, id, 'charge', -1 FROM made",
    {"UPDATE jobs SET status = 'processing', claimed_by = " + node
       + " WHERE id IN (SELECT id FROM jobs WHERE status = 'queued' AND run_at <= now() ORDER BY "
         "run_at, id LIMIT "
       + limit + " FOR UPDATE SKIP LOCKED)",
     "UPDATE jobs SET task = gen_random_uuid()::text WHERE claimed_by = " + node
       + " AND status = 'processing'",
     "WITH done AS (UPDATE jobs SET status = 'completed', claimed_by = NULL, video = 'v', "
     "finished_at = now() WHERE claimed_by = "
       + node
       + " AND status = 'processing' RETURNING id, owner) INSERT INTO outbox (chat, job, kind) "
         "SELECT owner, id, 'done' FROM done",
     "UPDATE outbox SET sent_at = now() WHERE id IN (SELECT id FROM outbox WHERE sent_at IS NULL "
     "ORDER BY id LIMIT "
       + limit + " FOR UPDATE SKIP LOCKED)"}};
}

const char* const our_users = "INSERT INTO users (tg_user_id, credits) SELECT i, 100000000 FROM "
                              "generate_series(1, 100000) i";

life_statements our_statements(int client, int batch) {
  const auto node = node_of(client);
  const auto limit = std::to_string(batch);
  return {
    some_users(client, batch)
      + ", made AS (INSERT INTO jobs (id, tg_user_id, template_type, product_name, product_text, "
        "product_image_url, idempotency_key) SELECT time_ordered_uuid(), id, 'ad', 'mug', 'a blue "
        "mug', 'photos/a.jpg', gen_random_uuid()::text FROM who RETURNING id, tg_user_id), charged "
        "AS (UPDATE users u SET credits = credits - 1 FROM (SELECT DISTINCT tg_user_id FROM made "
        "ORDER BY tg_user_id) m WHERE u.tg_user_id = m.tg_user_id) INSERT INTO credit_ledger "
        "(tg_user_id, job_id, kind, amount) SELECT tg_user_id, id, 'charge', -1 FROM made",
    {"UPDATE jobs SET status = 'processing', claimed_by = " + node
       + ", claimed_at = now(), started_at = greatest(now(), created_at), updated_at = now() WHERE "
         "id IN (SELECT id FROM jobs WHERE status = 'queued' AND NOT resumes AND run_at <= now() "
         "ORDER BY turn, run_at, id LIMIT "
       + limit + " FOR UPDATE SKIP LOCKED)",
     "UPDATE jobs SET kie_task_id = gen_random_uuid()::text, task_created_at = now(), updated_at = "
     "now() WHERE claimed_by = "
       + node + " AND status = 'processing'",
     "WITH done AS (UPDATE jobs SET status = 'completed', claimed_by = NULL, video_url = 'v', "
     "finished_at = greatest(now(), started_at), updated_at = now() WHERE claimed_by = "
       + node
       + " AND status = 'processing' RETURNING id, tg_user_id) INSERT INTO notifications (chat_id, "
         "job_id, kind) SELECT tg_user_id, id, 'job_done' FROM done",
     "UPDATE notifications SET sent_at = now() WHERE id IN (SELECT id FROM notifications WHERE "
     "coalesce(sent_at, 'infinity') = 'infinity' ORDER BY run_at, id LIMIT "
       + limit + " FOR UPDATE SKIP LOCKED)"}};
}

} // namespace neurocards::bench
