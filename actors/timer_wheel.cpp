#include "actors/timer_wheel.hpp"

#include "actors/timer_lag.hpp"

#include <caf/actor_registry.hpp>
#include <caf/send.hpp>

namespace neurocards {

namespace {

constexpr size_t slot_count = 4096; // 82 s a turn: most waits need no second one

} // namespace

timer_wheel::timer_wheel(timer_wheel_actor::pointer self)
  : self_(self), slots_(slot_count), lag_(&durations{self->system().metrics()}.timer_lag()),
    next_(self->clock().now()) {}

timer_wheel_actor::behavior_type timer_wheel::make_behavior() {
  return {
    [this](caf::timespan delay, caf::action& action, caf::weak_actor_ptr& who) {
      arm(delay, std::move(action), std::move(who));
    },
    [this](caf::tick_atom) { tick(); },
  };
}

void timer_wheel::arm(caf::timespan delay, caf::action action, caf::weak_actor_ptr who) {
  const auto now = self_->clock().now();
  if (waiting_++ == 0) {
    next_ = now + timer_step;
    self_->scheduled_send(self_, next_, caf::tick_atom_v);
  }
  // `next_` is when the slot after `current_` is due; it may lie in the past while a tick is late.
  const auto distance = std::max(now + delay - next_, caf::timespan::zero());
  const auto ahead =
    static_cast<size_t>((distance + timer_step - caf::timespan{1}) / timer_step) + 1;
  auto& slot = slots_[(current_ + ahead) % slot_count];
  slot.push_back({std::move(who), std::move(action), (ahead - 1) / slot_count});
}

void timer_wheel::tick() {
  const auto lag = std::max(self_->clock().now() - next_, caf::timespan::zero());
  lag_->observe(durations::seconds(lag));
  timer_lag().note(lag, std::chrono::steady_clock::now());
  for (const auto now = self_->clock().now(); next_ <= now && waiting_ > 0; next_ += timer_step) {
    current_ = (current_ + 1) % slot_count;
    auto due = std::exchange(slots_[current_], {});
    fire(due);
  }
  if (waiting_ > 0)
    self_->scheduled_send(self_, next_, caf::tick_atom_v);
}

void timer_wheel::fire(std::vector<entry>& due) {
  for (auto& e : due) {
    if (e.rounds > 0 && !e.action.disposed()) {
      --e.rounds;
      slots_[current_].push_back(std::move(e));
      continue;
    }
    --waiting_;
    if (e.action.disposed())
      continue;
    if (auto who = caf::actor_cast<caf::strong_actor_ptr>(e.who))
      caf::anon_send(caf::actor_cast<caf::actor>(who), std::move(e.action));
  }
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
