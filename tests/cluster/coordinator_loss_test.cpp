#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::cluster;

TEST_SUITE_BEGIN("cluster/coordinator_loss");

TEST_CASE(
  "cluster: a worker cut off from the coordinator only goes on, and follows when the way is open") {
  const entry bot{"bot", {"gateway", "notifier", "coordinator"}};
  const entry worker{"worker", {"worker"}, 10};
  world w{{bot, worker}};
  w.hold_tasks();
  w.start_all();
  w.wait("the worker to be connected",
         [&] { return w.connection("bot", "worker") == "connected"; });
  w.crowd(4, 1, 3);
  w.wait("the worker to be full", [&] { return w.in_flight("worker") == worker.concurrency; });

  w.net().cut("bot", "worker");
  w.wait("the coordinator to notice", [&] { return w.connection("bot", "worker") == "away"; });
  w.finish_tasks();
  w.wait("all videos", [&] { return w.videos() == 12; });
  CHECK(w.connection("bot", "worker") == "away");
  auto bigger = worker;
  bigger.concurrency = 20;
  w.write_file("bot", {bot, bigger});
  w.reread("bot");
  w.net().heal("bot", "worker");
  w.wait("the worker to be connected again",
         [&] { return w.connection("bot", "worker") == "connected"; });
  w.hold_tasks();
  w.crowd(5, 1, 5);
  w.wait("the worker to hold more", [&] { return w.in_flight("worker") == bigger.concurrency; });
  w.finish_tasks();
  CHECK(w.finish().tasks == 37);
}

TEST_CASE(
  "cluster: when the coordinator's host loses its power, work goes on and the standby places") {
  const entry first{"coordinator-1", {"coordinator"}};
  const entry second{"coordinator-2", {"coordinator"}};
  const entry rest{"rest", {"gateway", "notifier", "worker"}, 20};
  world w{{first, second, rest}};
  w.start("coordinator-1");
  w.wait("the first to lead", [&] { return w.logged("coordinator-1", "cluster.leads"); });
  w.start("coordinator-2");
  w.start("rest");
  w.crowd(6, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });

  w.lose_power("coordinator-1");
  const auto before = w.videos();
  w.wait("videos to go on meanwhile", [&] { return w.videos() > before; });
  w.wait("the second to lead", [&] { return w.logged("coordinator-2", "cluster.leads"); });
  w.wait("the second to see who is there", [&] {
    return w.connection("rest", "rest") == "connected"
           && w.connection("rest", "coordinator-1") == "away";
  });

  const entry helper{"helper", {"worker"}, 20};
  w.add_host("helper", {first, second, rest, helper});
  w.launch("helper");
  auto idle = rest;
  idle.roles = {"gateway", "notifier"};
  w.write_file("coordinator-2", {first, second, idle, helper});
  w.reread("coordinator-2");
  w.wait("the helper to do all work",
         [&] { return w.in_flight("helper") > 0 && w.in_flight("rest") == 0; });
  w.finish();
}

TEST_SUITE_END();
