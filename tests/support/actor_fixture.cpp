#include "tests/support/actor_fixture.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace neurocards::test {

namespace {

caf::scheduler::test_coordinator& sched(caf::actor_system& sys) {
  return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
}

} // namespace

actor_fixture::system_config::system_config() {
  set("caf.scheduler.policy", "testing");
}

actor_fixture::actor_fixture() {
  sched(sys).clock().current_time += 1h;
}

actor_fixture::~actor_fixture() {
  end_actors();
}

void actor_fixture::end_actors() {
  sched(sys).clock().schedule.clear();
  sys.registry().erase(timer_wheel::name);
  for (auto& actor : owned_)
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  owned_.clear();
  wheel_ = nullptr;
  settle();
  sched(sys).clock().schedule.clear(); // a timer armed meanwhile would keep the system waiting
  settle();
}

void actor_fixture::settle() {
  while (sched(sys).try_run_once())
    continue;
}

void actor_fixture::advance(caf::timespan by) {
  auto& clock = sched(sys).clock();
  const auto end = clock.current_time + by;
  settle();
  while (!clock.schedule.empty() && clock.schedule.begin()->first <= end) {
    const auto step = clock.schedule.begin()->first - clock.current_time;
    clock.advance_time(std::max(step, caf::actor_clock::duration_type{0}));
    settle();
  }
  clock.advance_time(end - clock.current_time);
  settle();
}

} // namespace neurocards::test
