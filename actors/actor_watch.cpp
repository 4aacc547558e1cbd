#include "actors/actor_watch.hpp"

#include "actors/actor_kinds.hpp"

#include <mutex>

namespace neurocards {

namespace {

constexpr std::chrono::minutes kept_on{1};

std::mutex mutex;
actor_watch::clock::time_point watched_since; // guarded by `mutex`

} // namespace

actor_watch::clock::time_point actor_watch::renew() {
  const std::lock_guard hold{mutex};
  const auto now = clock::now();
  end_if_left(now);
  until_.store((now + kept_on).time_since_epoch().count(), std::memory_order_relaxed);
  if (!is_on()) {
    watched_since = now;
    for (auto* kind : all_kinds())
      kind->details.begin(now, kind->busy_ns.load());
    on_.store(true, std::memory_order_relaxed);
  }
  return watched_since;
}

} // namespace neurocards
