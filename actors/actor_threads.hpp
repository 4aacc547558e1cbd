#pragma once

#include "actors/running_handler.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

namespace neurocards {

/// What a thread that runs actors does right now. Written by that thread only.
class actor_thread {
public:
  /// The calling thread's.
  static actor_thread& mine();

  void begin(const running_handler& x) {
    constexpr auto relaxed = std::memory_order_relaxed;
    since_.store(0, std::memory_order_release); // whoever reads meanwhile sees no mixture
    kind_.store(x.kind, relaxed);
    id_.store(x.id, relaxed);
    key_.store(x.key, relaxed);
    may_block_.store(x.may_block, relaxed);
    since_.store(x.since.time_since_epoch().count(), std::memory_order_release);
  }

  void end() { since_.store(0, std::memory_order_release); }

  void add_busy(int64_t ns) {
    busy_ns_.store(busy_ns_.load(std::memory_order_relaxed) + ns, std::memory_order_relaxed);
  }

  /// From any thread.
  std::optional<running_handler> running() const;
  int64_t busy_ns() const { return busy_ns_.load(std::memory_order_relaxed); }

  /// Whether it belongs to one actor, by what it ran last.
  bool may_block() const { return may_block_.load(std::memory_order_relaxed); }

private:
  std::atomic<const actor_kind*> kind_ = nullptr;
  std::atomic<uint64_t> id_ = 0;
  std::atomic<message_key> key_ = 0;
  std::atomic<bool> may_block_ = false;
  std::atomic<int64_t> since_ = 0; // steady nanoseconds; 0: nothing runs
  std::atomic<int64_t> busy_ns_ = 0;
};

/// Threads that run actors, or did: a new one takes the place of one that has ended.
std::vector<const actor_thread*> actor_threads();

} // namespace neurocards
