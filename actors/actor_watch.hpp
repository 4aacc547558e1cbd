#pragma once

#include <atomic>
#include <chrono>

namespace neurocards {

/// Whether somebody watches the actors of this process. Details (message types, senders, times)
/// are recorded only then: without a question for a minute the recording ends by itself. Safe to
/// use from any thread.
class actor_watch {
public:
  using clock = std::chrono::steady_clock;

  /// All that a message costs while nobody watches.
  static bool is_on() { return on_.load(std::memory_order_relaxed); }

  /// Somebody asks now. Returns since when it is watched without a pause.
  static clock::time_point renew();

  /// Ends the watch when nobody has watched for a minute.
  static void end_if_left(clock::time_point now) {
    if (now.time_since_epoch().count() > until_.load(std::memory_order_relaxed))
      on_.store(false, std::memory_order_relaxed);
  }

private:
  static inline std::atomic<bool> on_ = false;
  static inline std::atomic<clock::rep> until_ = 0;
};

} // namespace neurocards
