#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::cluster;

namespace {

const entries two_workers{{"bot", {"gateway", "notifier", "coordinator"}},
                          {"worker-1", {"worker"}, 15},
                          {"worker-2", {"worker"}, 40}};

/// Both workers hold tasks that do not end by themselves.
struct busy_workers : world {
  static constexpr int64_t jobs = 30;

  busy_workers() : world(two_workers) {
    hold_tasks();
    start("bot");
    start("worker-1");
    crowd(5, 1, 3);
    wait("worker-1 to be full", [this] { return in_flight("worker-1") == jobs / 2; });
    start("worker-2");
    crowd(5, 1, 3);
    wait("the others on worker-2", [this] { return in_flight("worker-2") == jobs / 2; });
    CHECK(tasks() == jobs);
  }

  void expect_take_over() {
    wait("worker-2 to hold all jobs", [this] { return in_flight("worker-2") == jobs; });
    CHECK(tasks() == jobs);
  }

  /// All videos come from the tasks that were created first.
  void end_well() {
    finish_tasks();
    CHECK(finish().tasks == jobs + later);
    CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  }

  /// worker-1 works again, as a new incarnation.
  void expect_return() {
    wait("worker-1 to join again", [this] { return joined("worker-1") >= 2; });
    hold_tasks();
    wait("worker-1 to take work again", [this] {
      if (customers.back().content()) {
        crowd(1, 1, 1);
        ++later;
      }
      return in_flight("worker-1") > 0;
    });
  }

  int64_t later = 0; // jobs that were ordered afterwards
};

} // namespace

TEST_SUITE_BEGIN("cluster/worker_loss");

TEST_CASE_FIXTURE(busy_workers,
                  "cluster: a worker host that is killed loses no job, its tasks go on elsewhere") {
  kill("worker-1");
  expect_take_over();
  start("worker-1");
  expect_return();
  end_well();
}

TEST_CASE_FIXTURE(
  busy_workers,
  "cluster: a worker cut off from the database fences itself and comes back when the way is open") {
  net().cut("worker-1", postgres_host::name);
  expect_take_over();
  wait("the fence", [this] { return logged("worker-1", "health.fenced"); });
  wait("worker-1 to say that it is not ready", [this] { return !is_ready("worker-1"); });
  net().heal("worker-1", postgres_host::name);
  expect_return();
  end_well();
}

TEST_CASE_FIXTURE(
  busy_workers,
  "cluster: a worker cut off from everything is replaced, and comes back when it is plugged in") {
  net().unplug("worker-1");
  expect_take_over();
  wait("the fence", [this] { return logged("worker-1", "health.fenced"); });
  net().plug_in("worker-1");
  expect_return();
  end_well();
}

TEST_CASE_FIXTURE(
  busy_workers,
  "cluster: a worker frozen past its lease is fenced when it wakes, nothing is generated twice") {
  node("worker-1").signal(SIGSTOP);
  expect_take_over();
  node("worker-1").signal(SIGCONT);
  wait("the fence", [this] { return logged("worker-1", "health.fenced"); });
  expect_return();
  end_well();
}

TEST_SUITE_END();
