#pragma once

#include "actors/message_key.hpp"

#include <chrono>
#include <cstdint>

namespace neurocards {

struct actor_kind;

/// A handler that runs.
struct running_handler {
  const actor_kind* kind = nullptr;
  uint64_t id = 0; // of the actor
  message_key key = 0;
  bool may_block = false; // the actor has a thread of its own
  std::chrono::steady_clock::time_point since;
};

} // namespace neurocards
