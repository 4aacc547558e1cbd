#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::cluster;

TEST_SUITE_BEGIN("cluster/database_loss");

TEST_CASE("cluster: while the database's host is unplugged everything waits, then goes on") {
  const std::vector<std::string> workers{"worker-1", "worker-2"};
  world w{{{"bot", {"gateway", "notifier", "coordinator"}},
           {"worker-1", {"worker"}, 20},
           {"worker-2", {"worker"}, 20}}};
  w.start_all();
  w.crowd(6, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });
  {
    const world::trouble meanwhile{w};
    w.net().unplug(postgres_host::name);
    for (const auto& x : workers)
      w.wait(x + " to fence itself", [&] { return w.logged(x, "health.fenced"); });
    w.net().plug_in(postgres_host::name);
    for (const auto& x : workers)
      w.wait(x + " to join again", [&] { return w.joined(x) >= 2; });
  }
  w.db.reconnect();
  const auto before = w.placed();
  w.wait("orders to go on", [&] { return w.placed() > before + 6; });
  w.finish();
}

TEST_CASE("cluster: a gateway cut off from the database hands over to the standby") {
  world w{{{"bot-1", {"gateway"}},
           {"bot-2", {"gateway"}},
           {"rest", {"notifier", "worker", "coordinator"}, 20}}};
  const auto leads = [&](const std::string& host) {
    return w.logged(host, "leader.role_gained role=gateway");
  };
  w.start("bot-1");
  w.wait("bot-1 to lead", [&] { return leads("bot-1"); });
  w.start("bot-2");
  w.start("rest");
  w.crowd(4, 1, 1);
  w.insatiable = true;
  w.wait("the first video", [&] { return w.videos() > 0; });
  w.net().cut("bot-1", postgres_host::name);
  w.wait("bot-2 to lead", [&] { return leads("bot-2"); });
  w.wait("bot-1 to know", [&] { return w.logged("bot-1", "leader.role_lost role=gateway"); });
  w.net().heal("bot-1", postgres_host::name);
  w.expect_answer();
  w.wait("bot-1 to be ready again", [&] { return w.is_ready("bot-1"); });
  w.finish();
}

TEST_SUITE_END();
