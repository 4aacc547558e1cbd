#pragma once

#include "actors/actor_end.hpp"
#include "actors/handling_times.hpp"
#include "actors/kind_details.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

namespace neurocards {

class actor_instance;

/// What is counted of all actors of one kind in this process. Safe to use from any thread.
struct actor_kind {
  explicit actor_kind(std::string_view kind_name) : name(kind_name) {}

  std::string_view name;
  std::atomic<int64_t> alive = 0;
  std::atomic<int64_t> spawned = 0;
  std::atomic<int64_t> rejected = 0;  // messages to actors that had ended
  std::atomic<int64_t> unhandled = 0; // messages that an actor has no handler for
  std::atomic<int64_t> busy_ns = 0;   // spent in handlers
  std::atomic<int64_t> stalls = 0;    // handlers that ran beyond `stall_limit` and ended
  std::array<std::atomic<int64_t>, actor_end_names.size()> ended{};

  handling_times handling; // unless switched off
  kind_details details;    // while somebody watches

  std::mutex instances_mutex;
  actor_instance* first_instance = nullptr; // of those that live (actor_instance.hpp)
};

/// The kind of that name, which must live as long as the process; made when it is asked for first.
actor_kind& kind_of(std::string_view name);

/// Null: there is none of that name.
actor_kind* find_kind(std::string_view name);

/// In the order of their names.
std::vector<actor_kind*> all_kinds();

} // namespace neurocards
