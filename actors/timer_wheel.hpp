#pragma once

#include "actors/durations.hpp"
#include "actors/watched_actor.hpp"

#include <caf/action.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/timespan.hpp>
#include <caf/typed_actor.hpp>

#include <map>
#include <set>
#include <vector>

namespace neurocards {

/// Carries every wait of a job, a poll or a session: CAF's own clock collapses beyond about two
/// thousand timers, a wheel carries fifty thousand as easily. It turns only when a timer is due, so
/// that an idle node sleeps. Knows the waiting actors only weakly.
using timer_wheel_actor =
  caf::typed_actor<caf::result<void>(caf::timespan, caf::action, caf::weak_actor_ptr),
                   caf::result<void>(caf::tick_atom)>;

class timer_wheel {
public:
  static constexpr const char* name = "timer_wheel";

  explicit timer_wheel(timer_wheel_actor::pointer self);
  timer_wheel_actor::behavior_type make_behavior();

private:
  using time_point = caf::actor_clock::time_point;
  struct entry {
    caf::weak_actor_ptr who;
    caf::action action;
  };

  void arm(caf::timespan delay, caf::action action, caf::weak_actor_ptr who);
  void plan_tick();
  void tick();
  void fire(std::vector<entry>& due);
  time_point time_of(int64_t step) const;

  timer_wheel_actor::pointer self_;
  const time_point origin_;
  std::map<int64_t, std::vector<entry>>
    steps_;                   // by the step, counted from `origin_`, they are due in
  std::set<int64_t> ticks_;   // on their way to us; none is sent that comes after another
  durations::histogram* lag_; // how late it turns
};

using timer_wheel_impl = watched_impl<timer_wheel_actor, timer_wheel>;

/// Spawns the wheel of a system; `run_after` finds it by itself. Returns the handle that keeps it
/// alive.
timer_wheel_actor start_timer_wheel(caf::actor_system&);

} // namespace neurocards
