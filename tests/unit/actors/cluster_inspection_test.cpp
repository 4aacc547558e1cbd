#include "tests/unit/actors/cluster_fixture.hpp"

#include <memory>

using namespace neurocards;
using namespace neurocards::test;

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
      [](wake_atom) {},
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

TEST_SUITE_BEGIN("unit/actors/cluster_inspection");

TEST_CASE_FIXTURE(
  cluster_fixture,
  "cluster inspection: any node tells of the actors of all, and of those that do not answer") {
  nodes.push_back({"third", "10.0.0.3", 0, {node_role::worker}, 0});
  start_coordinator();
  sys.registry().put("coordinator", caf::actor_cast<caf::strong_actor_ptr>(leader));
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
      CHECK_FALSE(rows[node]["kinds"].empty());
    }
    CHECK(rows["silent"]["error"] == "does not answer within 2 s");
    CHECK(rows["third"]["error"] == "is not connected to the coordinator");
  }
}

TEST_CASE_FIXTURE(cluster_fixture,
                  "cluster inspection: actors of another node are asked for by its name") {
  start_coordinator();
  sys.registry().put("coordinator", caf::actor_cast<caf::strong_actor_ptr>(leader));
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

TEST_CASE_FIXTURE(
  cluster_fixture,
  "cluster inspection: without a coordinator a node tells of its own actors and names the others") {
  const auto second = start_agent("second");
  advance(3s);
  const auto got = ask<actors_answer>(*this, second, actors_query{"*", "", 0, "", 0, false});
  settle();
  auto rows = rows_of(*got);
  CHECK(rows.size() == 2);
  CHECK_FALSE(rows["second"]["kinds"].empty());
  CHECK(rows["first"]["error"] == "no coordinator is connected that could ask it");

  start_coordinator();
  advance(10s);
  caf::anon_send_exit(leader, caf::exit_reason::kill);
  const auto later = ask<actors_answer>(*this, second, actors_query{"first", "", 0, "", 0, false});
  advance(4s);
  CHECK(rows_of(*later)["first"].contains("error"));
}

TEST_SUITE_END();
