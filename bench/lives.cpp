#include "bench/ceiling.hpp"
#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/rates.hpp"
#include "bench/repeated.hpp"
#include "bench/report.hpp"
#include "bench/worker_node.hpp"

#include "node/config/system_config.hpp"

#include <thread>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

constexpr int lives = 20'000;
constexpr int users = 2'000;

} // namespace

double lives_per_second(const std::function<void()>& watch) {
  testing::migrated_database db;
  prepare_customers(db, users, lives);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  const worker_node node{sys, db};
  const stopwatch time;
  const repeated watching{watch};
  place_orders(sys, node.context().database, lives, 512, users);
  while (db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") < lives
         || db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") > 0)
    std::this_thread::sleep_for(20ms);
  return lives / time.seconds();
}

void measure_lives() {
  std::vector<double> ours, bare, rows;
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(bare_lives(8, 100, 5));
    rows.push_back(bare_lives(8, 1, 5));
    ours.push_back(lives_per_second());
  }
  report("P1 whole lives, bare SQL in batches of 100", median(bare), "per s");
  report("P1 whole lives, bare SQL row by row", median(rows), "per s");
  report("P1 whole lives through actors and lanes", median(ours), "per s");
  compare("P1 against the batched ceiling (goal 0.55, floor 0.35)", median(ours) / median(bare));
  compare("P1 against row by row (goal 4)", median(ours) / median(rows));
}

} // namespace neurocards::bench
