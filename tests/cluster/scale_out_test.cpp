#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

#include <iostream>

using namespace neurocards::test::cluster;

namespace {

const entry bot{"bot", {"gateway", "notifier", "coordinator"}};
const entry first{"worker-1", {"worker"}, 12};
const entry second{"worker-2", {"worker"}, 18};

void print(world& w, const std::string& when) {
  std::cout << "  " << when << ": " << w.in_flight("worker-1") << " in flight on worker-1, "
            << w.in_flight("worker-2") << " on worker-2, "
            << w.db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") << " queued, "
            << w.tasks() << " tasks created\n";
}

} // namespace

TEST_SUITE_BEGIN("cluster/scale_out");

TEST_CASE(
  "cluster: a worker host added by cluster.conf and SIGHUP takes work, removed it gives it back") {
  world w{{bot, first}};
  w.hold_tasks();
  w.start_all();
  w.crowd(10, 1, 5);
  w.wait("all orders, and worker-1 to be full",
         [&] { return w.placed() == 50 && w.in_flight("worker-1") == first.concurrency; });
  print(w, "one worker");

  w.add_host("worker-2", {bot, first, second}); // its file knows more than the coordinator's
  w.launch("worker-2");
  w.wait("worker-2 to be known, but given nothing",
         [&] { return w.connection("bot", "worker-2") == "connected"; });
  CHECK(w.in_flight("worker-2") == 0);
  w.write_file("bot", {bot, first, second});
  w.reread("bot");
  w.wait("worker-2 to be full", [&] { return w.in_flight("worker-2") == second.concurrency; });
  CHECK(w.in_flight("worker-1") == first.concurrency);
  print(w, "a second one");
  CHECK(w.tasks() == 30);

  w.write_file("bot", {bot, first});
  w.reread("bot");
  w.wait("worker-2 to give its jobs back", [&] {
    return w.db.number("SELECT count(*) FROM jobs j JOIN nodes n ON n.incarnation = j.claimed_by "
                       "WHERE n.name = 'worker-2'")
           == 0;
  });
  print(w, "removed again");
  CHECK(w.tasks() == 30);
  w.finish_tasks();
  CHECK(w.finish().tasks == 50);
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  print(w, "at the end");
}

TEST_CASE("cluster: concurrency and roles follow the file under load, a bad file changes nothing") {
  const entry other{"bot-2", {}};
  world w{{bot, other, first}};
  w.start_all();
  w.crowd(6, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });

  auto moved = bot;
  moved.roles = {"coordinator"};
  auto taken = other;
  taken.roles = {"gateway", "notifier"};
  auto smaller = first;
  smaller.concurrency = 3;
  w.write_file("bot", {moved, taken, smaller});
  w.reread("bot");
  for (const auto* role : {"gateway", "notifier"})
    w.wait(std::string{"bot-2 to lead as "} + role,
           [&] { return w.logged("bot-2", std::string{"leader.role_gained role="} + role); });
  w.wait("worker-1 to be smaller", [&] { return w.capacity("bot-2", "worker-1") == 3; });
  w.expect_answer();

  w.write_file("bot", {moved, {"bot-2", {"gatewy"}}, smaller});
  w.reread("bot");
  w.wait("the refusal to be seen on another host",
         [&] { return w.cluster("worker-1").dump().find("gatewy") != std::string::npos; });
  const auto before = w.placed();
  w.wait("orders to go on", [&] { return w.placed() > before + 6; });
  w.finish();
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
}

TEST_SUITE_END();
