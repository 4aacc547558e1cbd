#include "actors/timer_wheel.hpp"

#include "actors/run_after.hpp"

#include "actors/timer_lag.hpp"

#include <caf/actor_registry.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace neurocards {

timer_wheel::timer_wheel(timer_wheel_actor::pointer self)
  : self_(self), origin_(self->clock().now()),
    lag_(&durations{self->system().metrics()}.timer_lag()) {}

timer_wheel_actor::behavior_type timer_wheel::make_behavior() {
  return {
    [this](caf::timespan delay, caf::action& action, caf::weak_actor_ptr& who) {
      arm(delay, std::move(action), std::move(who));
    },
    [this](caf::tick_atom) { tick(); },
  };
}

void timer_wheel::arm(caf::timespan delay, caf::action action, caf::weak_actor_ptr who) {
  const auto wait = std::max(self_->clock().now() + delay - origin_, caf::timespan::zero());
  const auto step = (wait + timer_step - caf::timespan{1}) / timer_step;
  steps_[step].push_back({std::move(who), std::move(action)});
  plan_tick();
}

/// A tick cannot be called back, and one that comes too early only plans the next: so few are sent.
void timer_wheel::plan_tick() {
  if (steps_.empty())
    return;
  const auto step = steps_.begin()->first;
  if (!ticks_.empty() && *ticks_.begin() <= step)
    return;
  ticks_.insert(step);
  self_->scheduled_send(self_, time_of(step), caf::tick_atom_v);
}

void timer_wheel::tick() {
  const auto now = self_->clock().now();
  const auto current = (now - origin_) / timer_step;
  ticks_.erase(ticks_.begin(), ticks_.upper_bound(current));
  if (!steps_.empty() && steps_.begin()->first <= current) {
    const auto lag = now - time_of(steps_.begin()->first);
    lag_->observe(durations::seconds(lag));
    timer_lag().note(lag, std::chrono::steady_clock::now());
  }
  while (!steps_.empty() && steps_.begin()->first <= current) {
    auto due = steps_.extract(steps_.begin());
    fire(due.mapped());
  }
  plan_tick();
}

void timer_wheel::fire(std::vector<entry>& due) {
  for (auto& e : due) {
    if (e.action.disposed())
      continue;
    if (auto who = caf::actor_cast<caf::strong_actor_ptr>(e.who))
      caf::anon_send(caf::actor_cast<caf::actor>(who), std::move(e.action));
  }
}

timer_wheel::time_point timer_wheel::time_of(int64_t step) const {
  return origin_ + step * timer_step;
}

timer_wheel_actor start_timer_wheel(caf::actor_system& sys) {
  auto wheel = sys.spawn<timer_wheel_impl, caf::hidden>();
  sys.registry().erase(timer_wheel::name); // put() does not overwrite
  sys.registry().put(timer_wheel::name, caf::actor_cast<caf::strong_actor_ptr>(wheel));
  return wheel;
}

caf::disposable detail::arm_timer(caf::local_actor* self, caf::timespan delay, caf::action action) {
  auto wheel = self->system().registry().get<timer_wheel_actor>(timer_wheel::name);
  auto result = action.as_disposable();
  caf::anon_send(wheel, delay, std::move(action), caf::weak_actor_ptr{self->ctrl()});
  return result;
}

} // namespace neurocards
