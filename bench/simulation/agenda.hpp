#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <vector>

namespace neurocards::simulation {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::nanoseconds;

inline double seconds(duration x) {
  return std::chrono::duration<double>{x}.count();
}

inline duration from_seconds(double x) {
  return duration{static_cast<int64_t>(x * 1e9)};
}

/// As `with_jitter` of base/jitter.hpp, by a number in [0, 1) that the caller has drawn.
inline duration with_jitter(duration interval, double random) {
  return from_seconds(seconds(interval) * (0.9 + 0.2 * random));
}

/// What can happen in an installation, and to whom (`event::subject`).
enum class happening : uint8_t {
  user_comes,        // a bot
  user_acts,         // an order
  bot_may_send,      // a bot
  message_answered,  // a message
  node_claims,       // a node
  job_due,           // a job
  script_written,    // a job
  creation_tried,    // a job
  creation_answered, // a job
  poll_due,          // a job
  poll_answered,     // a job
  video_kept,        // a job
  progress_checked,  // a bot
};

struct event {
  time_point when;
  uint64_t order = 0; // of what happens at the same time, what was planned first
  happening kind{};
  uint32_t subject = 0;
};

/// What is going to happen, in the order of time.
class agenda {
public:
  void add(time_point when, happening kind, uint32_t subject) {
    events_.push({when, ++planned_, kind, subject});
  }

  bool empty() const { return events_.empty(); }

  event take() {
    const auto result = events_.top();
    events_.pop();
    return result;
  }

private:
  struct later {
    bool operator()(const event& left, const event& right) const {
      return left.when != right.when ? left.when > right.when : left.order > right.order;
    }
  };

  std::priority_queue<event, std::vector<event>, later> events_;
  uint64_t planned_ = 0;
};

} // namespace neurocards::simulation
