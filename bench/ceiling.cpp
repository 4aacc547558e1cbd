#include "bench/ceiling.hpp"

#include "bench/server.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <pqxx/nontransaction>

namespace neurocards::bench {

namespace {

constexpr auto schema = R"(
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

/// Orders `batch` jobs of as many users.
std::string order_sql(int client, int batch) {
  return "WITH who AS MATERIALIZED (SELECT 1 + (random() * 99)::int * 1000 + (i + "
         + std::to_string(client * batch) + ") % 1000 AS id FROM generate_series(1, "
         + std::to_string(batch)
         + ") i), made AS (INSERT INTO jobs (owner, text, key) SELECT id, 'a mug', "
           "gen_random_uuid()::text FROM who "
           "RETURNING id, owner), charged AS (UPDATE users u SET credits = credits - 1 FROM "
           "(SELECT DISTINCT owner FROM "
           "made ORDER BY owner) m WHERE u.id = m.owner) INSERT INTO ledger (owner, job, kind, "
           "amount) SELECT owner, id, "
           "'charge', -1 FROM made";
}

/// A life's further steps; each runs for whatever `client` holds.
std::vector<std::string> steps_of(int client, int batch) {
  const auto node = "'00000000-0000-4000-8000-" + std::to_string(100000000000 + client) + "'";
  return {
    "UPDATE jobs SET status = 'processing', claimed_by = " + node
      + " WHERE id IN (SELECT id FROM jobs WHERE status = 'queued' AND run_at <= now() ORDER BY "
        "run_at, id LIMIT "
      + std::to_string(batch) + " FOR UPDATE SKIP LOCKED)",
    "UPDATE jobs SET task = gen_random_uuid()::text WHERE claimed_by = " + node
      + " AND status = 'processing'",
    "WITH done AS (UPDATE jobs SET status = 'completed', claimed_by = NULL, video = 'v', "
    "finished_at = now() WHERE "
    "claimed_by = "
      + node
      + " AND status = 'processing' RETURNING id, owner) INSERT INTO outbox (chat, job, kind) "
        "SELECT owner, id, "
        "'done' FROM done",
    "UPDATE outbox SET sent_at = now() WHERE id IN (SELECT id FROM outbox WHERE sent_at IS NULL "
    "ORDER BY id LIMIT "
      + std::to_string(batch) + " FOR UPDATE SKIP LOCKED)",
  };
}

double run(int clients, int batch, double seconds, bool whole) {
  testing::empty_database db;
  db.sql(schema);
  db.sql("VACUUM ANALYZE");
  std::atomic<bool> over{false};
  std::atomic<int64_t> lives{0};
  std::vector<std::thread> threads;
  const auto begin = std::chrono::steady_clock::now();
  for (int client = 0; client < clients; ++client)
    threads.emplace_back([&, client] {
      const auto on = db.connect();
      const auto steps = whole ? steps_of(client, batch) : std::vector<std::string>{};
      while (!over) {
        pqxx::nontransaction{*on}.exec(order_sql(client, batch));
        for (const auto& step : steps)
          pqxx::nontransaction{*on}.exec(step);
        lives += batch;
      }
    });
  std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
  over = true;
  for (auto& thread : threads)
    thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(lives) / took.count();
}

} // namespace

double bare_lives(int clients, int batch, double seconds) {
  return run(clients, batch, seconds, true);
}

double bare_orders(int clients, int batch, double seconds) {
  return run(clients, batch, seconds, false);
}

} // namespace neurocards::bench
