#include "bench/extent.hpp"
#include "bench/installation.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
#include "bench/rates.hpp"
#include "bench/report.hpp"
#include "bench/statements.hpp"
#include "bench/usage.hpp"

#include <thread>

namespace neurocards::bench {

namespace {

constexpr int64_t first_user = 1000;

struct idleness {
  double cpu = 0;        // share of a processor
  double statements = 0; // per second
};

/// What a node that nobody wants anything of does.
idleness watch(installation& x, const test::process& node) {
  const std::chrono::seconds length{sized(30, 2)};
  statement_counter asked{x.db};
  const auto cpu = cpu_seconds(node.pid());
  const stopwatch time;
  std::this_thread::sleep_for(length);
  const auto seconds = time.seconds();
  return {(cpu_seconds(node.pid()) - cpu) / seconds, static_cast<double>(asked.count()) / seconds};
}

} // namespace

/// Each user who has just been answered leaves a conversation in memory that waits to be forgotten.
void measure_idleness() {
  const int users = sized(1'000, 50);
  std::vector<double> alone, waited, statements, memory;
  for (int round = 0; round < rounds(); ++round) {
    installation x;
    x.leave_settings();
    x.services.post("settings", {{"calls_kept", 0}, {"telegram_limits", false}});
    x.agree(first_user, users);
    const auto& node = x.start_node({"--notifier.rate=100000", "--session.idle-timeout=1h"});
    const std::chrono::seconds settled{sized(10, 1)};
    std::this_thread::sleep_for(settled);
    memory.push_back(resident_bytes(node.pid()));
    const auto before = watch(x, node);
    updates_per_second(x, first_user, users);
    const std::chrono::seconds at_rest{sized(75, 1)}; // it notes its metrics a minute after work
    std::this_thread::sleep_for(at_rest);
    const auto after = watch(x, node);
    alone.push_back(before.cpu);
    waited.push_back(after.cpu);
    statements.push_back(before.statements);
    require_promises(x.db, "idle");
  }
  report("P13 an idle node with all roles, of one processor", 100 * median(alone), "%",
         at_most(0.2, 1));
  report("P13 the same with 1,000 waiting timers", 100 * median(waited), "%", at_most(0.2, 1));
  report("P13 statements to PostgreSQL, idle", median(statements), "per s", at_most(5));
  report("P13 memory, idle", median(memory) / 1e6, "MB", at_most(35));
}

} // namespace neurocards::bench
