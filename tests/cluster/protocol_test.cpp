#include "protocol/fwd.hpp"
#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::cluster;

namespace {

const entries hosts{{"bot", {"gateway", "notifier", "coordinator"}},
                    {"worker-1", {"worker"}, 20},
                    {"worker-2", {"worker"}, 20}};

/// A cluster under load whose nodes speak a later protocol from their next start on.
struct growing_cluster : world {
  growing_cluster() : world(hosts) {
    services->post("settings", {{"kie_time", 1'000}});
    start_all();
    for (const auto& x : hosts)
      wait(x.name + " to be connected", [&] { return connection("bot", x.name) == "connected"; });
    crowd(8, 1, 1);
    insatiable = true;
    variables["NEUROCARDS_TEST_PROTOCOL"] = std::to_string(neurocards::protocol_version + 1);
  }

  void restart(const std::string& host) {
    node(host).signal(SIGTERM);
    wait(host + " to end", [&] { return !node(host).running(); });
    start(host);
  }
};

} // namespace

TEST_SUITE_BEGIN("cluster/protocol");

TEST_CASE("cluster: nodes of two protocols refuse each other with a line, and go on through the "
          "database") {
  growing_cluster w;
  w.restart("bot");
  for (const auto* host : {"worker-1", "worker-2"})
    w.wait(std::string{host} + " to be refused", [&] {
      return w.logged("bot", std::string{"cluster.node_refused node="} + host)
             && w.logged(host, "cluster.refused_us");
    });
  w.wait("the refusal to be seen", [&] { return w.connection("bot", "worker-1") == "away"; });
  const auto before = w.videos();
  w.wait("twenty videos", [&] { return w.videos() >= before + 20; });
  CHECK_FALSE(w.logged("worker-1", "role.drained"));
  for (const auto* host : {"worker-1", "worker-2"}) {
    w.restart(host);
    w.wait("it to be connected", [&] { return w.connection("bot", host) == "connected"; });
  }
  const auto bill = w.finish();
  CHECK(bill.tasks == w.placed());
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
}

TEST_CASE("cluster: a node that starts with another protocol than the coordinator takes no work "
          "until that is upgraded") {
  growing_cluster w;
  w.node("worker-2").signal(SIGTERM);
  w.wait("it to end", [&] { return !w.node("worker-2").running(); });
  w.launch("worker-2");
  w.wait("it to be refused", [&] { return w.logged("worker-2", "cluster.refused_us"); });
  const auto before = w.videos();
  w.wait("ten videos", [&] { return w.videos() >= before + 10; });
  CHECK(w.in_flight("worker-2") == 0);
  w.restart("bot");
  w.wait("it to be connected", [&] { return w.connection("bot", "worker-2") == "connected"; });
  w.wait("it to work", [&] { return w.in_flight("worker-2") > 0; });
  w.finish();
}

TEST_SUITE_END();
