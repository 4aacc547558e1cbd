#include "actors/actor_threads.hpp"

#include <list>
#include <mutex>

namespace neurocards {

namespace {

struct registry {
  std::mutex mutex;
  std::list<actor_thread> places; // stay where they are
  std::vector<actor_thread*> free;
};

/// Outlives every thread, those that end while the process does included.
registry& all() {
  static auto* one = new registry;
  return *one;
}

/// A thread's place, given back when the thread ends.
struct lease {
  actor_thread* place;

  lease() {
    auto& known = all();
    const std::lock_guard hold{known.mutex};
    if (known.free.empty()) {
      place = &known.places.emplace_back();
    } else {
      place = known.free.back();
      known.free.pop_back();
    }
  }

  ~lease() {
    auto& known = all();
    const std::lock_guard hold{known.mutex};
    known.free.push_back(place);
  }

  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;
};

} // namespace

actor_thread& actor_thread::mine() {
  thread_local const lease ours;
  return *ours.place;
}

std::optional<running_handler> actor_thread::running() const {
  const auto since = since_.load(std::memory_order_acquire);
  const running_handler result{
    kind_.load(), id_.load(), key_.load(), may_block_.load(),
    std::chrono::steady_clock::time_point{std::chrono::steady_clock::duration{since}}};
  if (since == 0 || since_.load(std::memory_order_acquire) != since)
    return std::nullopt; // or just another one: that has not run for long
  return result;
}

std::vector<const actor_thread*> actor_threads() {
  auto& known = all();
  const std::lock_guard hold{known.mutex};
  std::vector<const actor_thread*> result;
  for (const auto& place : known.places)
    result.push_back(&place);
  return result;
}

} // namespace neurocards
