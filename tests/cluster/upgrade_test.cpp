#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include <unistd.h>

using namespace neurocards::test::cluster;

namespace {

const entries hosts{{"bot", {"gateway", "notifier", "coordinator"}},
                    {"worker-1", {"worker"}, 20},
                    {"worker-2", {"worker"}, 20}};

/// The program of the previous release. Ends the process as skipped where there is none: it takes
/// minutes to build, which nobody wants unasked.
std::string previous_program() {
  if (const auto* program = std::getenv("NEUROCARDS_PREVIOUS");
      program && ::access(program, X_OK) == 0)
    return program;
  std::cout << "[skipped] the program of the previous release is not built: script/test --upgrade"
            << std::endl;
  ::_exit(77);
}

/// Three hosts of the previous release, which are asked for videos all the time.
struct old_cluster : world {
  old_cluster() : world(hosts, previous_program()) {
    services->post("settings", {{"kie_time", 2'000}});
    start_all();
    crowd(8, 1, 1);
    insatiable = true;
  }

  void expect_orders(const std::string& when) {
    const auto before = videos();
    wait("ten videos " + when, [&] { return videos() >= before + 10; });
  }

  /// As docs/operations.md says it, for one host.
  void upgrade(const std::string& host) {
    node(host).signal(SIGTERM);
    wait(host + " to end", [&] { return !node(host).running(); });
    CHECK(node(host).wait(0s) == 0);
    install(host, hosts);
    start(host);
  }
};

} // namespace

TEST_SUITE_BEGIN("cluster/upgrade");

TEST_CASE("cluster: the previous release is upgraded host by host under load, and no order is "
          "lost, refused or made twice") {
  old_cluster w;
  w.expect_orders("of the previous release");
  neurocards::test::migrate_by(built("neurocards"), w.db.url());
  w.expect_orders("of the previous release on the new schema");
  for (const auto& x : hosts) {
    w.upgrade(x.name);
    w.expect_orders("with " + x.name + " upgraded");
    w.wait("it to be connected", [&] { return w.connection("bot", x.name) == "connected"; });
  }
  const auto bill = w.finish();
  CHECK(bill.tasks == w.placed());
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status <> 'completed'") == 0);
}

TEST_CASE("cluster: a node of the previous release that ends after migrate does not start again") {
  old_cluster w;
  neurocards::test::migrate_by(built("neurocards"), w.db.url());
  w.kill("worker-2");
  w.launch("worker-2");
  w.wait("it to end", [&] { return !w.node("worker-2").running(); });
  CHECK(w.node("worker-2").wait(0s) == 1);
  CHECK(w.logged("worker-2", "run.schema_refused schema=newer"));
  w.upgrade("bot"); // the others have the work meanwhile, and what it had
  w.upgrade("worker-1");
  w.finish();
}

TEST_SUITE_END();
