#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/orders.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"
#include "bench/worker_node.hpp"

#include "node/config/system_config.hpp"

#include <caf/scoped_actor.hpp>

#include <thread>

namespace neurocards::bench {

using namespace std::chrono_literals;

void measure_pickup() {
  test::migrated_database db;
  const int count = sized(400, 40);
  prepare_customers(db, count, count);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  const worker_node node{sys, db};
  caf::scoped_actor self{sys};
  for (int i = 1; i <= count; ++i) {
    self->request(node.context().database, caf::infinite, order(i, count))
      .receive([](const store::step_outcome&) {}, [](const caf::error&) {});
    std::this_thread::sleep_for(10ms);
  }
  while (db.number("SELECT count(*) FROM jobs WHERE claimed_at IS NULL") > 0)
    std::this_thread::sleep_for(10ms);
  std::vector<double> waits;
  for (const auto& row :
       db.sql("SELECT extract(epoch FROM started_at - created_at) * 1000 FROM jobs"))
    waits.push_back(row[0].as<double>());
  report("P4 from creation to claim, idle, p50", quantile(waits, 0.5), "ms", at_most(1.5, 3));
  report("P4 the same, p99", quantile(waits, 0.99), "ms", at_most(5, 15));
  require_promises(db, "pickup");
}

} // namespace neurocards::bench
