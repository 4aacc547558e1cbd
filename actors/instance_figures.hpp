#pragma once

#include "actors/message_key.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace neurocards {

/// What is counted of one actor: relaxed atomics, written by the actor; `waiting` also by those who
/// send to it.
struct instance_figures {
  std::atomic<int64_t> waiting = 0;      // messages in the mailbox
  std::atomic<int64_t> oldest_since = 0; // steady nanoseconds; 0: unknown or none waits
  std::atomic<int64_t> handled = 0;
  std::atomic<int64_t> busy_ns = 0;
  std::atomic<message_key> last_message = 0; // that it has handled, probes apart; 0: none
  std::atomic<int64_t> last_done = 0;        // when that was done, steady nanoseconds

  /// What is handled now is a probe: it is not told as the last message. Inside the actor only.
  bool is_probed = false;

  std::chrono::steady_clock::time_point spawned_at;
};

} // namespace neurocards
