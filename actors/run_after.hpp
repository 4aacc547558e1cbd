#pragma once

#include <chrono>

#include <caf/action.hpp>
#include <caf/disposable.hpp>
#include <caf/local_actor.hpp>
#include <caf/timespan.hpp>

namespace neurocards {

/// The wheel's resolution: nothing fires earlier than asked, at most this much later.
constexpr caf::timespan timer_step = std::chrono::milliseconds{20};

namespace detail {

caf::disposable arm_timer(caf::local_actor* self, caf::timespan delay, caf::action action);

} // namespace detail

/// Runs `f` in `self` after `delay`, unless the result is disposed of or the actor has ended by
/// then. Does not keep the actor alive.
template <class F>
caf::disposable run_after(caf::local_actor* self, caf::timespan delay, F f) {
  return detail::arm_timer(self, delay, caf::make_action(std::move(f)));
}

} // namespace neurocards
