#pragma once

#include "actors/run_after.hpp"
#include "actors/timer_wheel.hpp"
#include "protocol/actors.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <vector>

namespace neurocards::test {

using namespace std::chrono_literals;

/// An actor system without threads and with a clock that moves only by `advance`. Everything
/// spawned through it is ended with the fixture.
class actor_fixture {
public:
  actor_fixture();
  ~actor_fixture();

  actor_fixture(const actor_fixture&) = delete;
  actor_fixture& operator=(const actor_fixture&) = delete;

  /// Runs everything that can run now.
  void settle();

  /// Moves the clock, stopping at every timer on the way.
  void advance(caf::timespan by);

  /// Ends all actors. In the destructor of a fixture whose members they use: these are gone before
  /// ours is reached.
  void end_actors();

  /// Keeps an actor alive until the fixture ends.
  template <class Handle>
  Handle own(Handle actor) {
    owned_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  template <class Impl, class... Args>
  auto spawn(Args&&... args) {
    return own(sys.spawn<Impl>(std::forward<Args>(args)...));
  }

  /// A typed actor made of lambdas, one per message of the interface.
  template <class Handle, class... Handlers>
  Handle spawn_fake(Handlers... handlers) {
    return own(sys.spawn([=]() -> typename Handle::behavior_type { return {handlers...}; }));
  }

private:
  struct system_config : caf::actor_system_config {
    system_config();
  };

  system_config config_;

public:
  caf::actor_system sys{config_};

private:
  timer_wheel_actor wheel_ = start_timer_wheel(sys);
  std::vector<caf::actor> owned_;
};

} // namespace neurocards::test
