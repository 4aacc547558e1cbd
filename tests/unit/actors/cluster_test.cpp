#include "tests/unit/actors/cluster_fixture.hpp"

#include <algorithm>

using namespace neurocards;
using namespace neurocards::test;
using roles = std::set<node_role>;
using role_list = std::vector<node_role>;

TEST_SUITE_BEGIN("unit/actors/cluster");

TEST_CASE_FIXTURE(cluster_fixture, "node_agent: drains and works again as an operator says") {
  start_coordinator();
  start_agent("first");
  start_agent("second");
  advance(3s);
  REQUIRE(running["second"] == roles{node_role::janitor, node_role::worker});
  drained = {"first", "second"};
  advance(2s);
  CHECK(running["second"] == roles{node_role::janitor});
  CHECK(running["first"] == roles{node_role::coordinator, node_role::janitor});
  advance(20s); // the coordinator tells again what the file wants
  CHECK(running["second"] == roles{node_role::janitor});
  drained.clear();
  advance(2s);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker});
  CHECK(running["first"] == roles{node_role::coordinator, node_role::janitor, node_role::notifier});
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent: that of a drained node starts no role") {
  drained = {"second"};
  start_coordinator();
  start_agent("second");
  advance(20s);
  CHECK(running["second"] == roles{node_role::janitor});
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent: runs what the leading coordinator wants") {
  start_coordinator();
  start_agent("second");
  advance(3s);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker});
  CHECK(concurrency["second"] == 7);
  advance(3s);
  CHECK(seen("second")["connection"] == "connected");
  CHECK(seen("second")["follows"] == true);
  CHECK(seen("first")["connection"] == "away");

  nodes[1].roles = {node_role::worker, node_role::gateway};
  nodes[1].concurrency = 9;
  caf::anon_send(leader, cluster_file{nodes, {}});
  settle();
  CHECK(running["second"] == roles{node_role::gateway, node_role::janitor, node_role::worker});
  CHECK(concurrency["second"] == 9);

  CHECK(told_health.back().roles == role_list{node_role::gateway, node_role::worker});

  nodes.pop_back();
  caf::anon_send(leader, cluster_file{nodes, {}});
  settle();
  CHECK(running["second"] == roles{node_role::janitor});
  CHECK(told_health.back().roles.empty());
  advance(3s);
  CHECK(seen("second")["listed"] == false);
}

TEST_CASE_FIXTURE(
  cluster_fixture,
  "cluster: a coordinator that leads again shows its view again, whatever was under way") {
  slow_store = true;
  start_coordinator();
  settle();
  REQUIRE(shown.size() == 1);
  caf::anon_send(leader, lost_atom_v); // another shows its own view now
  caf::anon_send(leader, gained_atom_v);
  settle();
  CHECK(shown.size() == 2);
  slow_store = false;
  caf::anon_send(caf::actor_cast<caf::actor>(store), caf::make_action([this] {
                   for (auto& answer : kept_back)
                     answer.deliver(store::committed{});
                 }));
  advance(10s);
  caf::anon_send(leader, lost_atom_v);
  caf::anon_send(leader, gained_atom_v);
  settle();
  CHECK(shown.size() == 3);
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "cluster: a bad file changes nothing and is shown until a good one comes") {
  start_coordinator();
  start_agent("second");
  advance(3s);
  caf::anon_send(leader, cluster_file{{}, {"cluster.nodes: nonsense"}});
  settle();
  CHECK(view()["file_faults"][0] == "cluster.nodes: nonsense");
  caf::anon_send(leader,
                 cluster_file{{{"second", "", 0, {node_role::worker}, 0}}, {}}); // no coordinator
  settle();
  CHECK(view()["file_faults"].size() == 1);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker});
  caf::anon_send(leader, cluster_file{nodes, {}});
  settle();
  CHECK(view()["file_faults"].empty());
}

TEST_CASE_FIXTURE(
  cluster_fixture,
  "cluster: the leading coordinator has all other nodes read their files, and nobody else") {
  start_coordinator(false);
  sys.registry().put("coordinator", caf::actor_cast<caf::strong_actor_ptr>(leader));
  start_agent("first");
  const auto second = start_agent("second");
  advance(3s);
  caf::anon_send(leader, wake_atom_v); // another one leads, and was told as well
  settle();
  CHECK(reread.empty());
  caf::anon_send(leader, gained_atom_v);
  caf::anon_send(leader, wake_atom_v);
  settle();
  CHECK(reread == std::map<std::string, int>{{"second", 1}});
  caf::anon_send(second, wake_atom_v); // not from a coordinator
  settle();
  CHECK(reread["second"] == 1);
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "node_agent: goes by its own file when no coordinator is there") {
  start_agent("second");
  advance(2s);
  CHECK(running["second"] == roles{node_role::janitor});
  advance(2s);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker});
  CHECK(dials > 1);
  nodes[1].roles = {node_role::gateway};
  start_coordinator();
  advance(10s);
  CHECK(running["second"] == roles{node_role::gateway, node_role::janitor});
}

TEST_CASE_FIXTURE(cluster_fixture, "cluster: a standby tells nobody what to run until it leads") {
  nodes[1].roles = {node_role::gateway};
  start_coordinator(false);
  nodes[1].roles = {node_role::worker};
  start_agent("second");
  advance(10s);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker}); // by its own file
  CHECK(shown.empty());
  caf::anon_send(leader, gained_atom_v);
  settle();
  CHECK(running["second"] == roles{node_role::gateway, node_role::janitor});
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "cluster: a node that is not listed runs nothing, and its heartbeat says so") {
  auto all = std::exchange(nodes, {nodes[0]});
  start_coordinator();
  std::swap(nodes, all);
  start_agent("second");
  advance(10s);
  CHECK(running["second"] == roles{node_role::janitor});
  REQUIRE(!told_health.empty());
  CHECK(told_health.back().roles.empty());
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "cluster: a node of another protocol is refused on both sides and runs nothing") {
  start_coordinator();
  start_agent("second", protocol_version + 1);
  advance(10s);
  CHECK(running["second"] == roles{node_role::janitor});
  CHECK(view()["refused"].size() == 1);
  CHECK(view()["refused"][0].get<std::string>().find("protocol") != std::string::npos);
  CHECK(seen("second")["connection"] == "away");
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "cluster: a second node of the same name is refused while the first is there") {
  start_coordinator();
  auto genuine = start_agent("second");
  advance(3s);
  running["second"].clear();
  start_agent("second", protocol_version, "another process");
  advance(10s);
  CHECK(running["second"] == roles{node_role::janitor}); // of the second one
  CHECK(view()["refused"][0].get<std::string>().find("connected already") != std::string::npos);
  caf::anon_send_exit(genuine, caf::exit_reason::kill);
  advance(10s);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker});
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent: says hello again when its coordinator came back") {
  start_coordinator();
  start_agent("second");
  advance(3s);
  caf::anon_send_exit(leader, caf::exit_reason::kill);
  leader = nullptr;
  advance(5s);
  CHECK(running["second"] == roles{node_role::janitor, node_role::worker}); // nobody stops for that
  shown.clear();
  nodes[1].concurrency = 3;
  start_coordinator();
  advance(10s);
  CHECK(concurrency["second"] == 3);
  CHECK(seen("second")["connection"] == "connected");
}

TEST_CASE_FIXTURE(
  cluster_fixture,
  "cluster: the coordinator of another node is met through ours, without dialling it") {
  start_coordinator(false);
  sys.registry().put("coordinator", caf::actor_cast<caf::strong_actor_ptr>(leader));
  start_agent("first");
  advance(2s);
  // The node "spare" dials ours and brings a coordinator of its own, which leads.
  auto spare = spawn<coordinator_impl>(
    coordinator_config{{"spare", "1.0", protocol_version, "process-spare"},
                       {{"first", "", 0, {node_role::coordinator, node_role::gateway}, 0}}},
    store);
  caf::anon_send(spare, gained_atom_v);
  auto agent = spawn_fake<node_agent_actor>(
    [](const placement&) {}, [](const node_card&, const caf::strong_actor_ptr&) {},
    [](const outbox_hint&) {}, [](const cluster_file&) {}, [](wake_atom) {},
    [](const actors_query&) { return actors_answer{}; }, [](drain_atom) {});
  caf::scoped_actor self{sys};
  self->send(leader, node_card{"spare", "1.0", protocol_version, "process-spare"},
             caf::actor_cast<caf::strong_actor_ptr>(agent),
             caf::actor_cast<caf::strong_actor_ptr>(spare));
  advance(5s);
  CHECK(running["first"] == roles{node_role::coordinator, node_role::gateway, node_role::janitor});
  CHECK(dials == 0);
}

TEST_CASE_FIXTURE(cluster_fixture, "cluster: draining ends the notifier after all others") {
  nodes[0].roles = {node_role::notifier, node_role::worker, node_role::coordinator};
  auto agent = start_agent("first");
  settle();
  CHECK(
    running["first"]
    == roles{node_role::coordinator, node_role::janitor, node_role::notifier, node_role::worker});
  caf::scoped_actor self{sys};
  self->send(agent, drain_atom_v);
  settle();
  CHECK(running["first"].empty());
}

TEST_SUITE_END();
