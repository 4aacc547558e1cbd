#pragma once

#include "base/changing.hpp"
#include "protocol/actors.hpp"

#include <functional>

#include <caf/timespan.hpp>

namespace neurocards {

/// What `queue_claimer` works with.
struct claimer_config {
  std::function<int()> capacity;    // jobs held at most; asked before each claim
  changing<caf::timespan> interval; // between claims when nobody wakes us
  std::function<bool()> provider_is_silent =
    nullptr; // the provider has not answered this node at all for long
};

/// A generation that runs, and the claim that it works under.
struct running_generation {
  job_id job;
  int claim = 0;
  incarnation node;
  generation_actor actor;
};

} // namespace neurocards
