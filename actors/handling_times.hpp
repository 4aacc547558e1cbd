#pragma once

#include "actors/message_key.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace neurocards {

/// How long the handlers of one kind took, by message, since the process began. A table of fixed
/// size without locks: what finds no place in it is counted under the key 0. Safe to use from any
/// thread.
class handling_times {
public:
  /// Upper ends of the buckets in nanoseconds; the last has none. 25 ms is a stall (stalls.hpp).
  static constexpr std::array<int64_t, 7> ends{100'000,     1'000'000,   5'000'000,    25'000'000,
                                               100'000'000, 500'000'000, 2'000'000'000};

  struct row {
    message_key key = 0;
    std::array<int64_t, ends.size() + 1> counts{};
    int64_t sum_ns = 0;
  };

  /// Whether handlers are measured (`metrics.handling`).
  static bool is_on() { return on_.load(std::memory_order_relaxed); }
  static void set(bool on) { on_.store(on, std::memory_order_relaxed); }

  void add(message_key, int64_t ns);

  /// Of the messages that came.
  std::vector<row> read() const;

private:
  struct place {
    std::atomic<message_key> key = 0;
    std::array<std::atomic<int64_t>, ends.size() + 1> counts{};
    std::atomic<int64_t> sum_ns = 0;
  };

  static row copy(const place&);

  /// The message's own place, or the first free one behind where it belongs.
  place& place_of(message_key);

  static inline std::atomic<bool> on_ = false;
  std::array<place, 64> places_{};
  place others_{};
};

} // namespace neurocards
