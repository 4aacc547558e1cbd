#pragma once

#include "actors/actor_kinds.hpp"

#include <chrono>

#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

namespace neurocards {

/// An actor whose kind is counted: `State::name` names it. CAF itself shows neither how many actors
/// live nor how they ended, and forgets messages to those that have.
template <class Stateful, class State>
class watched_actor : public Stateful {
public:
  using Stateful::Stateful;

  void launch(caf::execution_unit* ctx, bool lazy, bool hide) override {
    launched_ = true;
    ++kind.spawned;
    ++kind.alive;
    Stateful::launch(ctx, lazy, hide); // may run the actor to its end
  }

  bool enqueue(caf::mailbox_element_ptr element, caf::execution_unit* ctx) override {
    const bool taken = Stateful::enqueue(std::move(element), ctx);
    if (!taken)
      ++kind.rejected;
    return taken;
  }

  caf::resumable::resume_result resume(caf::execution_unit* ctx, size_t throughput) override {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = Stateful::resume(ctx, throughput); // the actor may be gone by now
    kind.busy_ns += std::chrono::nanoseconds{std::chrono::steady_clock::now() - begin}.count();
    return result;
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* ctx) override {
    const auto end = end_of(reason);
    if (!Stateful::cleanup(std::move(reason), ctx))
      return false; // it had ended before
    if (launched_) {
      --kind.alive;
      ++kind.ended[static_cast<size_t>(end)];
    }
    return true;
  }

private:
  static inline actor_kind& kind = kind_of(State::name);

  bool launched_ = false;
};

/// What to spawn: `Handle` is the typed actor's, `State` its behaviour.
template <class Handle, class State>
using watched_impl = watched_actor<typename Handle::template stateful_impl<State>, State>;

} // namespace neurocards
