#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::cluster;

namespace {

/// Every host of a cluster, which is asked for videos all the time.
void restart_one_by_one(updates_by mode) {
  const std::vector<std::string> bot{"gateway", "notifier", "coordinator"};
  const entries file{
    {"bot-1", bot}, {"bot-2", bot}, {"worker-1", {"worker"}, 20}, {"worker-2", {"worker"}, 20}};
  world w{file, mode};
  w.services->post("settings", {{"kie_time", 2'000}});
  w.start_all();
  w.crowd(8, 1, 1);
  w.insatiable = true;
  for (const auto& x : file) {
    const auto before = w.placed();
    w.node(x.name).signal(SIGTERM);
    w.wait(x.name + " to end", [&] { return !w.node(x.name).running(); });
    CHECK(w.node(x.name).wait(0s) == 0);
    CHECK(w.logged(x.name, "drained=true"));
    w.start(x.name);
    w.wait("orders to go on", [&] { return w.placed() > before + 10; });
  }
  const auto bill = w.finish();
  CHECK(bill.tasks == w.placed());
  // A worker may drain between announcing a creation and asking KIE for it: it takes that back.
  const auto withdrawn = w.db.number("SELECT count(*) FROM job_events WHERE what = 'retry' "
                                     "AND details->>'error' = 'the worker drains'");
  CHECK(bill.intents == withdrawn);
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
}

} // namespace

TEST_SUITE_BEGIN("cluster/rolling_restart");

TEST_CASE(
  "cluster: every host restarts one by one under load, nothing is lost, repeated or said twice") {
  restart_one_by_one(updates_by::polling);
}

TEST_CASE("cluster: every host restarts one by one with webhooks, nothing is lost or said twice") {
  restart_one_by_one(updates_by::webhook);
}

TEST_SUITE_END();
