#pragma once

#include <algorithm>
#include <chrono>

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

namespace neurocards {

/// How long to pause after a batch, so that whoever waits for the same database or disk goes first:
/// a fifth of the time at most is ours.
class batch_pace {
public:
  void begin(caf::actor_clock::time_point now) { start_ = now; }

  caf::timespan pause(caf::actor_clock::time_point now) const {
    constexpr int ratio = 4; // of the pause to the batch
    return std::clamp<caf::timespan>((now - start_) * ratio, std::chrono::milliseconds{20},
                                     std::chrono::seconds{10});
  }

private:
  caf::actor_clock::time_point start_;
};

} // namespace neurocards
