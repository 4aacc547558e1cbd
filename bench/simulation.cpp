#include "bench/simulation/installation.hpp"

#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/report.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace neurocards::bench {

namespace {

using namespace simulation;

/// What is ordered in the busiest hour, as a share of what the accounts may create.
constexpr double demand = 0.9;

std::vector<equipment> installations() {
  if (chosen_extent().is_quick)
    return {{.accounts = 1}, {.accounts = 5, .bots = 2}};
  return {{.accounts = 1},
          {.accounts = 2},
          {.accounts = 5},
          {.accounts = 5, .bots = 3},
          {.accounts = 10, .keys_per_account = 5, .bots = 5, .nodes = 2},
          {.accounts = 20, .keys_per_account = 5, .bots = 10, .nodes = 4},
          {.accounts = 50, .keys_per_account = 6, .bots = 25, .nodes = 8},
          {.accounts = 100, .keys_per_account = 8, .bots = 50, .nodes = 16}};
}

conditions conditions_for(const equipment& made_of) {
  conditions result;
  result.equipment = made_of;
  result.people.videos_per_second =
    demand * made_of.accounts * result.generation.create_budget / 10.25;
  if (chosen_extent().is_quick) {
    result.from_hour = 20;
    result.hours = 1;
    result.measured_from = 20.5;
  }
  return result;
}

std::string length(double x) {
  std::array<char, 24> text{};
  if (x < 1)
    std::snprintf(text.data(), text.size(), "%.0f ms", x * 1e3);
  else if (x < 600)
    std::snprintf(text.data(), text.size(), "%.1f s", x);
  else
    std::snprintf(text.data(), text.size(), "%.0f min", x / 60);
  return text.data();
}

std::string both(const waits& x) {
  return length(x.quantile(0.5)) + " / " + length(x.quantile(0.99));
}

void print_head() {
  std::printf("%8s %5s %5s %5s %8s %9s %17s %19s %19s %8s %7s %6s %6s %6s %5s  %s\n", "accounts",
              "keys", "bots", "nodes", "jobs/h", "in flight", "order→task", "order→video",
              "message waits", "polls/s", "late", "msg/s", "node", "server", "MB", "binds");
}

void print(const equipment& made_of, const figures& x) {
  const auto binds = x.binds();
  std::printf("%8d %5d %5d %5d %8.0f %9zu %17s %19s %19s %8.1f %7s %6.1f %5.1f%% %5.1f%% %5.0f  "
              "%.0f %% of %s: %s\n",
              made_of.accounts, made_of.keys_per_account, made_of.bots, made_of.nodes,
              x.jobs_per_hour, x.counts.most_in_flight, both(x.counts.until_created).c_str(),
              both(x.counts.until_video).c_str(), both(x.counts.until_sent).c_str(),
              x.polls_per_second, length(x.counts.poll_delay.quantile(0.99)).c_str(),
              x.messages_per_second, 100 * x.node_cores, 100 * x.server_cores, x.node_mb,
              100 * x.used[static_cast<size_t>(binds)], name_of(binds), step_beyond(binds));
  std::fflush(stdout);
}

void keep(const equipment& made_of, const figures& x) {
  const auto name = "simulation " + std::to_string(made_of.accounts) + " accounts, "
                    + std::to_string(made_of.bots) + " bots, " + std::to_string(made_of.nodes)
                    + " nodes: ";
  keep_figure(name + "jobs", x.jobs_per_hour, "per h");
  keep_figure(name + "order to task, p50", x.counts.until_created.quantile(0.5), "s");
  keep_figure(name + "order to task, p99", x.counts.until_created.quantile(0.99), "s");
  keep_figure(name + "order to video, p50", x.counts.until_video.quantile(0.5), "s");
  keep_figure(name + "order to video, p99", x.counts.until_video.quantile(0.99), "s");
  keep_figure(name + "wait of a message, p50", x.counts.until_sent.quantile(0.5), "s");
  keep_figure(name + "wait of a message, p99", x.counts.until_sent.quantile(0.99), "s");
  keep_figure(name + "lateness of a poll, p99", x.counts.poll_delay.quantile(0.99), "s");
  keep_figure(name + "messages for each job", x.messages_per_job, "");
  keep_figure(name + "CPU of PostgreSQL one by one", x.server_cores, "cores");
  keep_figure(name + "CPU of PostgreSQL in batches", x.server_cores_merged, "cores");
  keep_figure(name + "CPU of a worker", x.node_cores, "cores");
  keep_figure(name + "memory of a worker", x.node_mb, "MB");
  keep_figure(name + "memory of conversations", x.conversations_mb, "MB");
  keep_figure(name + "creations refused", static_cast<double>(x.counts.refused_creations), "");
  keep_figure(name + "polls refused", static_cast<double>(x.counts.refused_polls), "");
  for (size_t i = 0; i < resources; ++i)
    keep_figure(name + "used of " + name_of(static_cast<resource>(i)), x.used[i], "x");
}

} // namespace

void measure_simulation() {
  print_head();
  for (const auto& made_of : installations()) {
    const auto x = simulation::installation{conditions_for(made_of)}.run();
    print(made_of, x);
    keep(made_of, x);
  }
}

} // namespace neurocards::bench
