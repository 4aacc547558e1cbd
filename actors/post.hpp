#pragma once

#include <caf/action.hpp>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/send.hpp>

namespace neurocards {

/// Runs `f` in the actor, from any thread. Does nothing when the actor has ended: engines and lanes
/// know their actor only weakly.
template <class F>
void post(const caf::weak_actor_ptr& to, F f) {
  if (auto strong = caf::actor_cast<caf::strong_actor_ptr>(to))
    caf::anon_send(caf::actor_cast<caf::actor>(strong), caf::make_action(std::move(f)));
}

} // namespace neurocards
