#include "bench/capacity.hpp"

#include "bench/measures.hpp"
#include "bench/report.hpp"

#include <cmath>
#include <cstdio>

namespace neurocards::bench {

demand demand_at(double per_second, double accounts, const job_costs& cost,
                 const surroundings& world) {
  constexpr double seconds_a_year = 365.25 * 86'400;
  demand result;
  result.jobs_per_hour = per_second * 3'600;
  result.in_flight = per_second * world.task_seconds;
  result.keys_per_account =
    std::ceil(result.in_flight / world.poll_interval / world.polls_per_key / accounts);
  result.bots = std::ceil(per_second * world.messages_per_job / world.messages_per_bot);
  result.node_cores = per_second * cost.node_ms / 1e3;
  result.server_cores = per_second * cost.server_ms / 1e3;
  result.wal_mb = per_second * cost.wal_kb / 1e3;
  result.disk_gb_year = per_second * seconds_a_year * cost.kept_kb / 1e6;
  result.memory_mb = result.in_flight * cost.task_kb / 1e3;
  return result;
}

demand demand_of(double accounts, const job_costs& cost, const surroundings& world) {
  return demand_at(accounts * world.creations_per_account, accounts, cost, world);
}

void measure_capacity() {
  const job_costs cost;
  const surroundings world;
  std::printf("%8s %10s %9s %5s %5s %6s %7s %9s %11s %7s\n", "accounts", "jobs/h", "in flight",
              "keys", "bots", "nodes", "server", "WAL MB/s", "disk GB/a", "MB");
  for (const double accounts : {1.0, 5.0, 20.0, 100.0, 500.0}) {
    const auto x = demand_of(accounts, cost, world);
    std::printf("%8.0f %10.0f %9.0f %5.0f %5.0f %6.2f %7.2f %9.2f %11.1f %7.0f\n", accounts,
                x.jobs_per_hour, x.in_flight, x.keys_per_account, x.bots, x.node_cores,
                x.server_cores, x.wal_mb, x.disk_gb_year, x.memory_mb);
  }
}

} // namespace neurocards::bench
