#pragma once

#include "base/changing.hpp"
#include "clients/provider.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <caf/timespan.hpp>

namespace neurocards {

/// What `outage_watch` works with.
struct outage_watch_config {
  provider::service service;
  std::vector<secret> keys; // probes take turns with them
  changing<std::vector<std::string>> models;
  changing<caf::timespan> first_probe; // after an outage began
  changing<caf::timespan> patience;    // of a job
  caf::timespan lease;                 // a watcher silent for longer does not count
  caf::timespan interval;              // between two polls of the database
  // Whether the last probe of this node failed; read by the queue_claimer.
  std::shared_ptr<std::atomic<bool>> unreachable;
};

} // namespace neurocards
