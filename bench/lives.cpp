#include "bench/ceiling.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/promises.hpp"
#include "bench/rates.hpp"
#include "bench/repeated.hpp"
#include "bench/report.hpp"
#include "bench/usage.hpp"
#include "bench/worker_node.hpp"

#include "node/config/system_config.hpp"

#include <thread>

#include <unistd.h>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

int64_t written_ahead(test::empty_database& db) {
  return db.number("SELECT (pg_current_wal_lsn() - '0/0')::bigint");
}

/// Asks each index for its first entry: counting them all would be measured as well.
bool work_is_left(test::empty_database& db) {
  return db.number(
           "SELECT (SELECT count(*) FROM (SELECT FROM jobs WHERE status = 'queued' AND NOT resumes "
           "ORDER BY turn, run_at, id LIMIT 1) x) + (SELECT count(*) FROM (SELECT FROM jobs WHERE "
           "status = 'processing' ORDER BY claimed_by, id LIMIT 1) x) + (SELECT count(*) FROM "
           "(SELECT FROM notifications WHERE coalesce(sent_at, 'infinity') = 'infinity' ORDER BY "
           "run_at, id LIMIT 1) x)")
         > 0;
}

} // namespace

measured_lives live(test::empty_database& db, const std::function<void()>& watch) {
  const int lives = sized(20'000, 500);
  const int users = sized(2'000, 100);
  prepare_customers(db, users, lives);
  const auto server = server_of(db);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  const worker_node node{sys, db};
  const auto server_cpu = family_cpu_seconds(server);
  const auto own_cpu = cpu_seconds(::getpid());
  const auto wal = written_ahead(db);
  const stopwatch time;
  const repeated watching{watch};
  place_orders(sys, node.context().database, lives, 512, users);
  while (work_is_left(db))
    std::this_thread::sleep_for(20ms);
  return {lives / time.seconds(), 1e3 * (cpu_seconds(::getpid()) - own_cpu) / lives,
          1e3 * (family_cpu_seconds(server) - server_cpu) / lives,
          static_cast<double>(written_ahead(db) - wal) / 1e3 / lives};
}

namespace {

measured_lives live_anew(const std::function<void()>& watch = {}) {
  test::migrated_database db;
  const auto result = live(db, watch);
  require_promises(db, "lives");
  return result;
}

} // namespace

double lives_per_second(const std::function<void()>& watch) {
  return live_anew(watch).per_second;
}

void measure_lives() {
  const double seconds = sized(5, 1);
  std::vector<double> ours, bare, same, rows, own_ms, server_ms, wal_kb;
  for (int round = 0; round < rounds(); ++round) {
    bare.push_back(lives_in_sql(tables::bare, 8, 100, seconds));
    same.push_back(lives_in_sql(tables::ours, 8, 100, seconds));
    rows.push_back(lives_in_sql(tables::ours, 8, 1, seconds));
    const auto got = live_anew();
    ours.push_back(got.per_second);
    own_ms.push_back(got.own_ms);
    server_ms.push_back(got.server_ms);
    wal_kb.push_back(got.wal_kb);
  }
  report("P1 whole lives, SQL on the least tables in batches of 100", median(bare), "per s");
  report("P1 whole lives, SQL on our tables in batches of 100", median(same), "per s");
  report("P1 whole lives, SQL on our tables row by row", median(rows), "per s");
  report("P1 whole lives through actors and lanes", median(ours), "per s");
  compare("P1 against the least tables in batches", median(ours), median(bare));
  compare("P1 against our tables in batches", median(ours), median(same), at_least(0.55, 0.35));
  compare("P1 against row by row", median(ours), median(rows), at_least(4));
  report("P1 CPU of our process for each life", median(own_ms), "ms");
  report("P1 CPU of PostgreSQL for each life", median(server_ms), "ms");
  report("P1 written ahead for each life", median(wal_kb), "KB");
}

} // namespace neurocards::bench
