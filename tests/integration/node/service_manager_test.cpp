#include "node/service_manager.hpp"

#include "actors/timer_wheel.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/process.hpp"
#include "tests/support/variable.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <thread>

#include <caf/actor_registry.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

/// A service manager that listens, and an actor system with as many threads as are blocked below.
struct service_fixture {
  static constexpr size_t threads = 2;

  struct config : caf::actor_system_config {
    config() {
      set("caf.scheduler.policy", "sharing");
      set("caf.scheduler.max-threads", threads);
    }
  };

  test::temporary_directory folder;
  test::notify_socket systemd{folder.file("notify")};
  config settings;
  std::unique_ptr<caf::actor_system> sys = std::make_unique<caf::actor_system>(settings);
  timer_wheel_actor wheel = start_timer_wheel(*sys);

  test::variable socket{"NOTIFY_SOCKET", folder.file("notify")};
  test::variable often{"WATCHDOG_USEC", "300000"};
  test::variable whose{"WATCHDOG_PID", std::nullopt};

  ~service_fixture() {
    sys->registry().erase(timer_wheel::name);
    wheel = nullptr;
  }

  /// True if nothing more is heard while another watchdog, with threads of its own and nothing to
  /// say, has ten turns.
  bool silent_for_ten_turns() const {
    caf::actor_system_config usual;
    caf::actor_system other{usual};
    auto its_wheel = start_timer_wheel(other);
    std::atomic<int> turns{0};
    bool heard = true;
    {
      const service_manager beside{other, [&] {
                                     ++turns;
                                     return false;
                                   }};
      systemd.drain(); // what was said before, and that the other one is ready
      test::wait_until("ten turns", [&, from = turns.load()] { return turns >= from + 10; });
      heard = !systemd.next(0ms).empty();
    }
    other.registry().erase(timer_wheel::name);
    its_wheel = nullptr;
    return !heard;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/node/service_manager");

TEST_CASE_FIXTURE(service_fixture, "service manager: hears of life only while actors run") {
  const service_manager manager{*sys};
  CHECK(systemd.hears("READY=1"));
  CHECK(systemd.hears("WATCHDOG=1"));
  CHECK(systemd.hears("WATCHDOG=1"));

  // Every thread of the scheduler is held up: the process lives, its actors stand still.
  std::promise<void> release;
  auto released = release.get_future().share();
  std::atomic<size_t> stuck{0};
  for (size_t i = 0; i < threads; ++i)
    sys->spawn([&stuck, released](caf::event_based_actor*) {
      ++stuck;
      released.wait();
    });
  test::wait_until("all threads to be held up", [&] { return stuck == threads; });
  CHECK(silent_for_ten_turns());

  release.set_value();
  CHECK(systemd.hears("WATCHDOG=1"));
}

TEST_CASE_FIXTURE(service_fixture,
                  "service manager: a watchdog meant for another process is not fed") {
  whose = "1";
  const service_manager manager{*sys};
  CHECK(systemd.hears("READY=1"));
  whose = std::nullopt;
  CHECK(silent_for_ten_turns());
  manager.stopping();
  CHECK(systemd.hears("STOPPING=1"));
}

TEST_CASE_FIXTURE(service_fixture, "service manager: is heard although its first socket failed") {
  const int lowest_free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(lowest_free >= 0);
  ::close(lowest_free);
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  rlimit none = usual;
  none.rlim_cur = static_cast<rlim_t>(lowest_free);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const service_manager manager{*sys};
  CHECK(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(systemd.hears("WATCHDOG=1"));
  manager.stopping();
  CHECK(systemd.hears("STOPPING=1"));
}

TEST_CASE_FIXTURE(service_fixture, "service manager: a stuck part of the node keeps it unfed") {
  std::atomic<bool> alive{true};
  std::atomic<int> asked{0};
  const service_manager manager{*sys, [&] {
                                  ++asked;
                                  return alive.load();
                                }};
  CHECK(systemd.hears("WATCHDOG=1"));
  alive = false;
  const auto from = asked.load();
  test::wait_until("its next turn", [&] { return asked > from + 1; });
  CHECK(silent_for_ten_turns());
  alive = true;
  CHECK(systemd.hears("WATCHDOG=1"));
}

TEST_SUITE_END();
