#pragma once

#include "bench/simulation/conditions.hpp"
#include "bench/simulation/waits.hpp"

#include <string>

namespace neurocards::simulation {

/// What was counted in the busiest hour.
struct counts {
  uint64_t orders = 0;
  uint64_t ordered = 0; // videos
  uint64_t claims = 0;
  uint64_t creations = 0;
  uint64_t created = 0; // tasks
  uint64_t refused_creations = 0;
  uint64_t polls = 0;
  uint64_t refused_polls = 0;
  uint64_t completed = 0;
  uint64_t retried = 0;
  uint64_t failed = 0;
  uint64_t replies = 0;
  uint64_t messages = 0; // all, replies and refreshes included
  uint64_t refreshes = 0;
  double script_seconds = 0; // that OpenAI was busy with us
  waits until_claimed;       // from the order
  waits until_created;       // from the order to the task
  waits until_video;         // from the order to the video in the chat
  waits poll_delay;          // of polls by the budget of their key
  waits until_sent;          // from a message's commit to its sending
  size_t most_queued = 0;
  size_t most_in_flight = 0;
  size_t most_on_a_node = 0;
  size_t most_unsent = 0;
};

/// What bounds an installation.
enum class resource : uint8_t {
  creations,
  polls,
  messages,
  scripts,
  places, // of jobs in workers
  node_cpu,
  server_cpu,
};

constexpr size_t resources = 7;

const char* name_of(resource);

/// What moves this bound further away.
const char* step_beyond(resource);

struct figures {
  double hours = 1;
  simulation::counts counts;
  double jobs_per_hour = 0;
  double creations_per_second = 0;
  double polls_per_second = 0;
  double messages_per_second = 0;
  double messages_per_job = 0;
  double node_cores = 0;          // of each worker
  double server_cores = 0;        // of PostgreSQL, every step a statement of its own
  double server_cores_merged = 0; // in batches, as under load
  double node_mb = 0;             // of each worker
  double conversations_mb = 0;
  std::array<double, resources> used{}; // share of what there is

  resource binds() const;
};

figures figures_of(const conditions&, const counts&);

} // namespace neurocards::simulation
