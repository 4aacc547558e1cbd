#pragma once

#include "protocol/actors.hpp"

#include <caf/actor_clock.hpp>

namespace neurocards {

/// A coordinator that an agent is connected to.
struct coordinator_link {
  coordinator_actor coordinator;
  bool welcomed = false;
  bool asking = false;                 // whether it takes us
  caf::strong_actor_ptr introduced;    // our own coordinator, as it knows it
  caf::actor_clock::time_point ask_at; // not before
};

/// An address that is dialled or was dialled in vain.
struct dial_attempt {
  bool dialling = false;
  int failures = 0;
  caf::actor_clock::time_point next; // not before
};

} // namespace neurocards
