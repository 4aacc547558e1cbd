#pragma once

#include "actors/metrics.hpp"
#include "clients/provider.hpp"

namespace neurocards {

/// What a poller needs besides its task.
struct poller_config {
  provider::service provider;
  metrics counts;
  caf::timespan interval;
  caf::timespan unknown_grace{
    std::chrono::seconds{60}}; // how long the provider may not know a task
  caf::timespan failing_limit{std::chrono::minutes{30}}; // how long polls may fail beyond its time
};

/// Where a task stands when its poller starts.
struct watched_task {
  task_id task;
  key_fingerprint key;
  caf::timespan first_poll; // from now
  caf::timespan time_left;  // until it counts as timed out
  bool tell_of_poll =
    false; // the first time that the provider says it is under way, and not only now and then
  bool taken_over = false; // perhaps with thousands of others, which are not to be polled at once
};

} // namespace neurocards
