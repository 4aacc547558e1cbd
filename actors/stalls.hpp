#pragma once

#include "actors/actor_threads.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace neurocards {

/// A handler that ran so long kept a thread from all other actors. One of an actor with a thread of
/// its own keeps nobody.
constexpr std::chrono::milliseconds stall_limit{25};

struct stall {
  running_handler handler;
  std::chrono::nanoseconds lasted{};
  std::chrono::system_clock::time_point began;
  bool running = false; // it has not come to its end yet
};

/// A handler ended that ran beyond `stall_limit`. Counts it for its kind.
void add_stall(const running_handler&, std::chrono::nanoseconds lasted);

/// Those that run now, then the last ones that ended, newest first.
std::vector<stall> recent_stalls();

/// How many handlers of the kind are beyond the limit now: they are not counted yet.
int64_t running_stalls(const actor_kind&);

} // namespace neurocards
