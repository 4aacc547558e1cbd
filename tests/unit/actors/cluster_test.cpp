#include "actors/coordinator.hpp"
#include "actors/node_agent.hpp"
#include "tests/support/ask.hpp"

#include <nlohmann/json.hpp>

#include <set>

#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using strings = std::vector<std::string>;

namespace {

/// Nodes in one actor system: `first` with a coordinator, others that dial it.
struct cluster_fixture : actor_fixture {
  std::vector<config::node> nodes{
    {"first", "10.0.0.1", 4242, {"notifier", "coordinator"}, 0},
    {"second", "10.0.0.2", 0, {"worker"}, 7},
  };
  std::vector<std::string> shown; // to the database
  coordinator_actor leader;
  std::map<std::string, std::set<std::string>> running; // roles by node
  std::map<std::string, int> concurrency;
  std::set<std::string> drained; // by an operator, as the heartbeat says
  int dials = 0;

  ~cluster_fixture() { sys.registry().erase("coordinator"); }

  bool slow_store = false; // its answers are kept back
  std::vector<caf::typed_response_promise<store::committed>> kept_back;
  cluster_store_actor store = own(sys.spawn([this](cluster_store_actor::pointer self) {
    return cluster_store_actor::behavior_type{
      [this, self](const store::show_cluster& x) -> caf::result<store::committed> {
        shown.push_back(x.json);
        if (!slow_store)
          return store::committed{};
        return kept_back.emplace_back(self->make_response_promise<store::committed>());
      }};
  }));
  std::vector<node_report> told_health;
  health_actor health = spawn_fake<health_actor>(
    [](lease_atom, const caf::actor&) {},
    [this](const node_report& x) { told_health.push_back(x); }, [](drain_atom) {});

  peer_dialer_actor dialer = own(sys.spawn([this]() -> peer_dialer_actor::behavior_type {
    return {[this](const peer_address&) -> caf::result<caf::strong_actor_ptr> {
      ++dials;
      if (!leader)
        return caf::make_error(ec::unavailable, "refused");
      return caf::actor_cast<caf::strong_actor_ptr>(leader);
    }};
  }));

  coordinator_actor start_coordinator(bool leads = true) {
    leader = spawn<coordinator_impl>(
      coordinator_config{{"first", "1.0", protocol_version, "process-first"}, nodes}, store);
    if (leads)
      caf::anon_send(leader, gained_atom_v);
    return leader;
  }

  node_agent_actor start_agent(const std::string& node, int protocol = protocol_version,
                               const std::string& process = {}) {
    agent_config config;
    config.card = {node, "1.0", protocol, process.empty() ? "process-" + node : process};
    config.nodes = nodes;
    config.start_role = [this, node](const std::string& role) {
      running[node].insert(role);
      auto group = sys.spawn([this, node, role](role_group_actor::pointer self) {
        return role_group_actor::behavior_type{[this, node, role, self](drain_atom) {
          running[node].erase(role);
          self->quit();
        }};
      });
      return own(group);
    };
    config.resize = [this, node](int value) { concurrency[node] = value; };
    config.drains = [this, node] { return drained.contains(node); };
    return spawn<node_agent_impl>(std::move(config), health, dialer);
  }

  nlohmann::json view() const { return nlohmann::json::parse(shown.at(shown.size() - 1)); }

  nlohmann::json seen(const std::string& node) const {
    const auto all = view();
    for (const auto& x : all["nodes"])
      if (x["name"] == node)
        return x;
    return nullptr;
  }
};

using roles = std::set<std::string>;

} // namespace

TEST_CASE_FIXTURE(cluster_fixture, "node_agent drains and works again as an operator says") {
  start_coordinator();
  start_agent("first");
  start_agent("second");
  advance(3s);
  REQUIRE(running["second"] == roles{"janitor", "worker"});
  drained = {"first", "second"};
  advance(2s);
  CHECK(running["second"] == roles{"janitor"});
  CHECK(running["first"] == roles{"coordinator", "janitor"});
  advance(20s); // the coordinator tells again what the file wants
  CHECK(running["second"] == roles{"janitor"});
  drained.clear();
  advance(2s);
  CHECK(running["second"] == roles{"janitor", "worker"});
  CHECK(running["first"] == roles{"coordinator", "janitor", "notifier"});
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent of a drained node starts no role") {
  drained = {"second"};
  start_coordinator();
  start_agent("second");
  advance(20s);
  CHECK(running["second"] == roles{"janitor"});
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent runs what the leading coordinator wants") {
  start_coordinator();
  start_agent("second");
  advance(3s);
  CHECK(running["second"] == roles{"janitor", "worker"});
  CHECK(concurrency["second"] == 7);
  advance(3s);
  CHECK(seen("second")["connection"] == "connected");
  CHECK(seen("second")["follows"] == true);
  CHECK(seen("first")["connection"] == "away");

  nodes[1].roles = {"worker", "gateway"};
  nodes[1].concurrency = 9;
  caf::anon_send(leader, cluster_file{nodes, {}});
  settle();
  CHECK(running["second"] == roles{"gateway", "janitor", "worker"});
  CHECK(concurrency["second"] == 9);

  CHECK(told_health.back().roles == strings{"gateway", "worker"});

  nodes.pop_back();
  caf::anon_send(leader, cluster_file{nodes, {}});
  settle();
  CHECK(running["second"] == roles{"janitor"});
  CHECK(told_health.back().roles.empty());
  advance(3s);
  CHECK(seen("second")["listed"] == false);
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "a coordinator that leads again shows its view again, whatever was under way") {
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
                  "a bad file changes nothing and is shown until a good one comes") {
  start_coordinator();
  start_agent("second");
  advance(3s);
  caf::anon_send(leader, cluster_file{{}, {"cluster.nodes: nonsense"}});
  settle();
  CHECK(view()["file_faults"][0] == "cluster.nodes: nonsense");
  caf::anon_send(leader, cluster_file{{{"second", "", 0, {"worker"}, 0}}, {}}); // no coordinator
  settle();
  CHECK(view()["file_faults"].size() == 1);
  CHECK(running["second"] == roles{"janitor", "worker"});
  caf::anon_send(leader, cluster_file{nodes, {}});
  settle();
  CHECK(view()["file_faults"].empty());
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent goes by its own file when no coordinator is there") {
  start_agent("second");
  advance(2s);
  CHECK(running["second"] == roles{"janitor"});
  advance(2s);
  CHECK(running["second"] == roles{"janitor", "worker"});
  CHECK(dials > 1);
  nodes[1].roles = {"gateway"};
  start_coordinator();
  advance(10s);
  CHECK(running["second"] == roles{"gateway", "janitor"});
}

TEST_CASE_FIXTURE(cluster_fixture, "a standby tells nobody what to run until it leads") {
  nodes[1].roles = {"gateway"};
  start_coordinator(false);
  nodes[1].roles = {"worker"};
  start_agent("second");
  advance(10s);
  CHECK(running["second"] == roles{"janitor", "worker"}); // by its own file
  CHECK(shown.empty());
  caf::anon_send(leader, gained_atom_v);
  settle();
  CHECK(running["second"] == roles{"gateway", "janitor"});
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "a node that is not listed runs nothing, and its heartbeat says so") {
  auto all = std::exchange(nodes, {nodes[0]});
  start_coordinator();
  std::swap(nodes, all);
  start_agent("second");
  advance(10s);
  CHECK(running["second"] == roles{"janitor"});
  REQUIRE(!told_health.empty());
  CHECK(told_health.back().roles.empty());
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "a node of another protocol is refused on both sides and runs nothing") {
  start_coordinator();
  start_agent("second", protocol_version + 1);
  advance(10s);
  CHECK(running["second"] == roles{"janitor"});
  CHECK(view()["refused"].size() == 1);
  CHECK(view()["refused"][0].get<std::string>().find("protocol") != std::string::npos);
  CHECK(seen("second")["connection"] == "away");
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "a second node of the same name is refused while the first is there") {
  start_coordinator();
  auto genuine = start_agent("second");
  advance(3s);
  running["second"].clear();
  start_agent("second", protocol_version, "another process");
  advance(10s);
  CHECK(running["second"] == roles{"janitor"}); // of the second one
  CHECK(view()["refused"][0].get<std::string>().find("connected already") != std::string::npos);
  caf::anon_send_exit(genuine, caf::exit_reason::kill);
  advance(10s);
  CHECK(running["second"] == roles{"janitor", "worker"});
}

TEST_CASE_FIXTURE(cluster_fixture, "node_agent says hello again when its coordinator came back") {
  start_coordinator();
  start_agent("second");
  advance(3s);
  caf::anon_send_exit(leader, caf::exit_reason::kill);
  leader = nullptr;
  advance(5s);
  CHECK(running["second"] == roles{"janitor", "worker"}); // nobody stops for that
  shown.clear();
  nodes[1].concurrency = 3;
  start_coordinator();
  advance(10s);
  CHECK(concurrency["second"] == 3);
  CHECK(seen("second")["connection"] == "connected");
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "the coordinator of another node is met through ours, without dialling it") {
  start_coordinator(false);
  sys.registry().put("coordinator", caf::actor_cast<caf::strong_actor_ptr>(leader));
  start_agent("first");
  advance(2s);
  // The node "spare" dials ours and brings a coordinator of its own, which leads.
  auto spare =
    spawn<coordinator_impl>(coordinator_config{{"spare", "1.0", protocol_version, "process-spare"},
                                               {{"first", "", 0, {"coordinator", "gateway"}, 0}}},
                            store);
  caf::anon_send(spare, gained_atom_v);
  auto agent = spawn_fake<node_agent_actor>(
    [](const placement&) {}, [](const node_card&, const caf::strong_actor_ptr&) {},
    [](const outbox_hint&) {}, [](const cluster_file&) {},
    [](const actors_query&) { return actors_answer{}; }, [](drain_atom) {});
  caf::scoped_actor self{sys};
  self->send(leader, node_card{"spare", "1.0", protocol_version, "process-spare"},
             caf::actor_cast<caf::strong_actor_ptr>(agent),
             caf::actor_cast<caf::strong_actor_ptr>(spare));
  advance(5s);
  CHECK(running["first"] == roles{"coordinator", "gateway", "janitor"});
  CHECK(dials == 0);
}

TEST_CASE_FIXTURE(cluster_fixture, "draining ends the notifier after all others") {
  nodes[0].roles = {"notifier", "worker", "coordinator"};
  auto agent = start_agent("first");
  settle();
  CHECK(running["first"] == roles{"coordinator", "janitor", "notifier", "worker"});
  caf::scoped_actor self{sys};
  self->send(agent, drain_atom_v);
  settle();
  CHECK(running["first"].empty());
}

// ── who tells of whose actors ────────────────────────────────────────────────────────────────────

namespace {

/// What a node's agent told, by node. The fixture must have settled.
std::map<std::string, nlohmann::json> rows_of(const reply<actors_answer>& got) {
  std::map<std::string, nlohmann::json> result;
  REQUIRE(got.value);
  for (const auto& text : got.value->nodes) {
    auto row = nlohmann::json::parse(text);
    result[row.at("node")] = row;
  }
  return result;
}

/// An agent that never answers, welcomed by the leader under that name.
node_agent_actor join_silent_agent(cluster_fixture& fixture, const std::string& name) {
  auto agent = fixture.own(fixture.sys.spawn([](node_agent_actor::pointer self) {
    auto kept = std::make_shared<std::vector<caf::typed_response_promise<actors_answer>>>();
    return node_agent_actor::behavior_type{
      [](const placement&) {},
      [](const node_card&, const caf::strong_actor_ptr&) {},
      [](const outbox_hint&) {},
      [](const cluster_file&) {},
      [self, kept](const actors_query&) -> caf::result<actors_answer> {
        return kept->emplace_back(self->make_response_promise<actors_answer>());
      },
      [](drain_atom) {}};
  }));
  caf::scoped_actor self{fixture.sys};
  self->send(fixture.leader, node_card{name, "1.0", protocol_version, "process-" + name},
             caf::actor_cast<caf::strong_actor_ptr>(agent), caf::strong_actor_ptr{});
  return agent;
}

} // namespace

TEST_CASE_FIXTURE(cluster_fixture,
                  "any node tells of the actors of all, and of those that do not answer") {
  nodes.push_back({"third", "10.0.0.3", 0, {"worker"}, 0});
  start_coordinator();
  const auto first = start_agent("first");
  const auto second = start_agent("second");
  const auto silent = join_silent_agent(*this, "silent");
  advance(3s);
  for (const auto& agent : {first, second}) {
    const auto got = ask<actors_answer>(*this, agent, actors_query{"*", "", 0, "", 0, false});
    advance(1500ms);
    CHECK_FALSE(got->any()); // the silent one has two seconds
    advance(600ms);
    auto rows = rows_of(*got);
    CHECK(rows.size() == 4);
    for (const auto* node : {"first", "second"}) {
      CHECK(rows[node]["version"] == "1.0");
      CHECK(rows[node]["kinds"].size() > 10);
    }
    CHECK(rows["silent"]["error"] == "does not answer within 2 s");
    CHECK(rows["third"]["error"] == "is not connected to the coordinator");
  }
}

TEST_CASE_FIXTURE(cluster_fixture, "actors of another node are asked for by its name") {
  start_coordinator();
  const auto first = start_agent("first");
  const auto second = start_agent("second");
  advance(3s);
  const auto got =
    ask<actors_answer>(*this, second, actors_query{"first", "node_agent", 0, "", 9, false});
  settle();
  auto rows = rows_of(*got);
  REQUIRE(rows.size() == 1);
  CHECK(rows["first"]["instances"].size() == 2); // of this process
  const auto probed = ask<actors_answer>(
    *this, second, actors_query{"first", "node_agent", first.id(), "", 0, false});
  settle();
  CHECK(rows_of(*probed)["first"]["describe"].is_object());
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "without a coordinator a node tells of its own actors and names the others") {
  const auto second = start_agent("second");
  advance(3s);
  const auto got = ask<actors_answer>(*this, second, actors_query{"*", "", 0, "", 0, false});
  settle();
  auto rows = rows_of(*got);
  CHECK(rows.size() == 2);
  CHECK(rows["second"]["kinds"].size() > 10);
  CHECK(rows["first"]["error"] == "no coordinator is connected that could ask it");

  start_coordinator();
  advance(10s);
  caf::anon_send_exit(leader, caf::exit_reason::kill);
  const auto later = ask<actors_answer>(*this, second, actors_query{"first", "", 0, "", 0, false});
  advance(4s);
  CHECK(rows_of(*later)["first"].contains("error"));
}
