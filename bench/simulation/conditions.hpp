#pragma once

#include "bench/simulation/agenda.hpp"
#include "protocol/config.hpp"

#include <array>
#include <utility>

/// What is assumed of people and services, and what an installation is made of. Our own part is the
/// product's settings as shipped.
namespace neurocards::simulation {

/// Share of the busiest hour's orders, by hour of the day: a town's evening.
using day = std::array<double, 24>;

constexpr day evening_peak{0.35, 0.20, 0.12, 0.08, 0.06, 0.08, 0.15, 0.28, 0.42, 0.52, 0.60, 0.65,
                           0.70, 0.70, 0.68, 0.68, 0.70, 0.75, 0.85, 0.95, 1.00, 0.95, 0.80, 0.55};

constexpr day even_day = [] {
  day result{};
  result.fill(1.0);
  return result;
}();

struct people {
  double videos_per_second = 1.0; // ordered in the busiest hour, in the whole installation
  simulation::day day = evening_peak;
  int chats_per_bot = 50'000;
  int replies_before_order = 5;               // a greeting and what `flow` says up to the launch
  duration thinks = std::chrono::seconds{12}; // on average, after each reply
  std::array<std::pair<int, double>, 3> videos{
    {{1, 0.70}, {3, 0.20}, {5, 0.10}}}; // share of orders
};

struct services {
  double task_median = 280;  // seconds for a video,
  double task_spread = 0.37; // log-normal: 300 on average, 1 of 100 takes 660
  duration creation = std::chrono::milliseconds{500};
  duration poll = std::chrono::milliseconds{150};
  duration keeping = std::chrono::seconds{3}; // to fetch a video and to store it
  double failing_tasks = 0.03;                // for a reason that passes
  int creations_per_10s = 20;                 // of one account, or it refuses
  int queries_per_second = 10;                // of one key
  double script_least = 2, script_most = 6;   // seconds
  duration message = std::chrono::milliseconds{60};
  duration video = std::chrono::milliseconds{1200}; // to send one
};

struct equipment {
  int accounts = 1;
  int keys_per_account = 4;
  int bots = 1;
  int nodes = 1;         // workers
  bool refreshes = true; // of progress messages
};

struct conditions {
  simulation::people people;
  simulation::services services;
  simulation::equipment equipment;
  config::generation generation;
  config::worker worker;
  config::notifier notifier;
  config::openai openai;
  double from_hour = 17; // of the day
  double hours = 4.1;
  double measured_from = 20; // to `measured_to`: the busiest hour
  double measured_to = 21;
  uint64_t seed = 1;
};

} // namespace neurocards::simulation
