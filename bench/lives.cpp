#include "bench/ceiling.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/promises.hpp"
#include "bench/rates.hpp"
#include "bench/repeated.hpp"
#include "bench/report.hpp"
#include "bench/worker_node.hpp"

#include "node/config/system_config.hpp"

#include <thread>

namespace neurocards::bench {

using namespace std::chrono_literals;

double lives_per_second(testing::empty_database& db, const std::function<void()>& watch) {
  const int lives = sized(20'000, 500);
  const int users = sized(2'000, 100);
  prepare_customers(db, users, lives);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  const worker_node node{sys, db};
  const stopwatch time;
  const repeated watching{watch};
  place_orders(sys, node.context().database, lives, 512, users);
  while (db.number("SELECT count(*) FROM jobs WHERE status IN ('queued', 'processing')") > 0
         || db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") > 0)
    std::this_thread::sleep_for(20ms);
  return lives / time.seconds();
}

double lives_per_second(const std::function<void()>& watch) {
  testing::migrated_database db;
  const auto result = lives_per_second(db, watch);
  require_promises(db, "lives");
  return result;
}

void measure_lives() {
  const double seconds = sized(5, 1);
  std::vector<double> ours, bare, rows;
  for (int round = 0; round < rounds(); ++round) {
    bare.push_back(bare_lives(8, 100, seconds));
    rows.push_back(bare_lives(8, 1, seconds));
    ours.push_back(lives_per_second());
  }
  report("P1 whole lives, bare SQL in batches of 100", median(bare), "per s");
  report("P1 whole lives, bare SQL row by row", median(rows), "per s");
  report("P1 whole lives through actors and lanes", median(ours), "per s");
  compare("P1 against the batched ceiling", median(ours), median(bare), at_least(0.55, 0.35));
  compare("P1 against row by row", median(ours), median(rows), at_least(4));
}

} // namespace neurocards::bench
