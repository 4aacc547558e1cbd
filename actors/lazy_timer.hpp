#pragma once

#include "actors/run_after.hpp"

#include <caf/actor_clock.hpp>

namespace neurocards {

/// Chores that are in no hurry come at these moments, so that an idle node wakes for all of them
/// at once.
constexpr caf::timespan lazy_step = std::chrono::milliseconds{500};

/// `delay` and as much more as it takes to one of those moments.
inline caf::timespan lazy_delay(caf::actor_clock::time_point now, caf::timespan delay) {
  const auto beyond = (now.time_since_epoch() + delay) % lazy_step;
  return beyond.count() == 0 ? delay : delay + (lazy_step - beyond);
}

/// As `run_after`, up to `lazy_step` later.
template <class F>
caf::disposable run_lazily_after(caf::local_actor* self, caf::timespan delay, F f) {
  return run_after(self, lazy_delay(self->clock().now(), delay), std::move(f));
}

/// For what comes again and again at about that interval, a second at least: at the nearest of
/// those moments. What is to come more often keeps its own times.
template <class F>
caf::disposable run_about_after(caf::local_actor* self, caf::timespan interval, F f) {
  if (interval < 2 * lazy_step)
    return run_after(self, interval, std::move(f));
  return run_lazily_after(self, interval - lazy_step / 2, std::move(f));
}

} // namespace neurocards
