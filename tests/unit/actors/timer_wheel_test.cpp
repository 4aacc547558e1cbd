#include "actors/run_after.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct waiter_fixture : actor_fixture {
  /// How often the clock had something to deliver meanwhile.
  int wake_ups(caf::timespan length) {
    auto& clock = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler()).clock();
    const auto end = clock.current_time + length;
    int result = 0;
    for (settle(); !clock.schedule.empty() && clock.schedule.begin()->first <= end; settle()) {
      clock.advance_time(clock.schedule.begin()->first - clock.current_time);
      ++result;
    }
    clock.advance_time(end - clock.current_time);
    settle();
    return result;
  }

  std::vector<int> fired;
  caf::disposable pending;

  /// An actor that waits once per entry of `delays`.
  caf::actor waiter(std::vector<caf::timespan> delays) {
    return own(sys.spawn([this, delays](caf::event_based_actor* self) -> caf::behavior {
      for (size_t i = 0; i < delays.size(); ++i)
        pending = run_after(self, delays[i], [this, i] { fired.push_back(static_cast<int>(i)); });
      return {[](int) {}};
    }));
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/timer_wheel");

TEST_CASE_FIXTURE(waiter_fixture,
                  "timer_wheel: fires not before its time and at most a step later") {
  waiter({15s});
  advance(15s - 1ms);
  CHECK(fired.empty());
  advance(timer_step + 1ms);
  CHECK(fired.size() == 1);
}

TEST_CASE_FIXTURE(waiter_fixture, "timer_wheel: fires in order of time, also beyond one turn") {
  waiter({30min, 1s, 90s, 0s});
  advance(31min);
  CHECK(fired == std::vector<int>{3, 1, 2, 0});
}

TEST_CASE_FIXTURE(waiter_fixture, "timer_wheel: forgets a disposed timer") {
  waiter({1s});
  settle();
  pending.dispose();
  advance(2s);
  CHECK(fired.empty());
}

TEST_CASE_FIXTURE(waiter_fixture, "timer_wheel: does not keep a waiting actor alive") {
  caf::weak_actor_ptr weak;
  {
    auto actor = sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      run_after(self, 1h, [this] { fired.push_back(0); });
      return {[](int) {}};
    });
    weak = caf::actor_cast<caf::weak_actor_ptr>(actor);
    settle();
  }
  settle();
  CHECK(!caf::actor_cast<caf::strong_actor_ptr>(weak));
  advance(2h);
  CHECK(fired.empty());
}

TEST_CASE_FIXTURE(waiter_fixture, "timer_wheel: stands still when nobody waits and starts again") {
  waiter({100ms});
  advance(1h);
  CHECK(fired.size() == 1);
  waiter({100ms});
  advance(100ms + timer_step);
  CHECK(fired.size() == 2);
}

TEST_CASE_FIXTURE(waiter_fixture, "timer_wheel: sleeps until the next timer is due") {
  waiter({1h, 2h});
  settle();
  CHECK(wake_ups(59min) == 0);
  CHECK(wake_ups(1min + timer_step) == 1);
  CHECK(fired == std::vector<int>{0});
}

TEST_CASE_FIXTURE(waiter_fixture,
                  "timer_wheel: wakes earlier for a nearer timer and once more for the other") {
  waiter({1h});
  settle();
  waiter({1s});
  settle();
  waiter({2s}); // a tick comes before it is due: none is sent for it yet
  settle();
  CHECK(wake_ups(3s) == 2);
  CHECK(fired.size() == 2);
  CHECK(wake_ups(1h) == 1);
  CHECK(fired.size() == 3);
}

TEST_SUITE_END();
