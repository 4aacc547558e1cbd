#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/report.hpp"
#include "bench/worker_node.hpp"

#include "node/config/system_config.hpp"

#include <thread>

namespace neurocards::bench {

using namespace std::chrono_literals;

namespace {

constexpr int orders = 400;

} // namespace

void measure_pickup() {
  testing::migrated_database db;
  prepare_customers(db, orders, orders);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  const worker_node node{sys, db};
  caf::scoped_actor self{sys};
  for (int i = 1; i <= orders; ++i) {
    self->request(node.context().database, caf::infinite, order(i, orders))
      .receive([](const store::step_outcome&) {}, [](const caf::error&) {});
    std::this_thread::sleep_for(10ms);
  }
  while (db.number("SELECT count(*) FROM jobs WHERE claimed_at IS NULL") > 0)
    std::this_thread::sleep_for(10ms);
  std::vector<double> waits;
  for (const auto& row :
       db.sql("SELECT extract(epoch FROM started_at - created_at) * 1000 FROM jobs"))
    waits.push_back(row[0].as<double>());
  report("P4 from creation to claim, idle, p50 (goal 1.5, floor 3)", quantile(waits, 0.5), "ms");
  report("P4 the same, p99 (goal 5, floor 15)", quantile(waits, 0.99), "ms");
}

} // namespace neurocards::bench
