#include <doctest/doctest.h>

#include <sys/resource.h>

#include <atomic>
#include <future>
#include <thread>

#include <caf/action.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

/// CAF's own clock, with script/caf-patches/4-actor-clock-heap.patch.
using namespace std::chrono_literals;

namespace {

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

TEST_SUITE_BEGIN("integration/node/actor_clock");

TEST_CASE("actor clock: what is periodic runs once a period") {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  auto& clock = sys.clock();
  std::atomic<int> ticks{0};
  const auto start = clock.now();
  auto stop = clock.schedule_periodically(start + 20ms, caf::make_action([&] { ++ticks; }), 20ms);
  while (ticks < 10)
    std::this_thread::yield();
  const auto periods = (clock.now() - start) / 20ms;
  CHECK(ticks <= periods + 2);
  stop.dispose();
}

TEST_CASE("actor clock: arming many timers costs little") {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  auto& clock = sys.clock();
  constexpr int many = 200'000;
  const auto before = cpu_seconds();
  std::vector<caf::disposable> timers;
  for (int i = 0; i < many; ++i)
    timers.push_back(
      clock.schedule(clock.now() + 1h + (i * 7919 % many) * 1ms, caf::make_action([] {})));
  std::promise<void> done;
  clock.schedule(clock.now(), caf::make_action([&] { done.set_value(); })); // behind all of them
  REQUIRE(done.get_future().wait_for(120s) == std::future_status::ready);
  // A heap: 0.1 s. Sorting all of them again for each handful that comes: 20 s and more.
  CHECK(cpu_seconds() - before < 4);
  for (auto& timer : timers)
    timer.dispose();
}

TEST_SUITE_END();
