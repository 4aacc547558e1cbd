#include "node/cli/lever.hpp"
#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"

#include <iostream>
#include <sstream>

/// The verbs about nodes.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

/// As the heartbeat wrote them.
std::vector<node_role> roles_of(const json& node) {
  std::vector<node_role> result;
  std::istringstream in{node["roles"].get<std::string>()};
  for (std::string word; std::getline(in, word, ',');) {
    const auto role = parse_node_role(word);
    if (!role)
      throw std::runtime_error("node " + node["name"].get<std::string>() + " has the role " + word
                               + ", which this version does not know");
    result.push_back(*role);
  }
  return result;
}

/// The pause of a node; null: none.
json pause_of(const json& state, const std::string& name) {
  for (const auto& pause : state["paused"]["nodes"])
    if (pause["name"] == name)
      return pause;
  return nullptr;
}

json snapshot(const invocation& in) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  return db.value("SELECT status_snapshot()");
}

std::vector<levers::node_state> states(const json& state) {
  std::vector<levers::node_state> result;
  for (const auto& node : state["nodes"])
    result.push_back({node["name"], roles_of(node),
                      node["state"] == "alive" && pause_of(state, node["name"]).is_null()});
  return result;
}

std::string joined(const std::vector<node_role>& roles) {
  std::string result;
  for (const auto role : roles)
    result.append(result.empty() ? "" : ", ").append(to_string(role));
  return result;
}

} // namespace

int nodes_list(const invocation& in) {
  const auto state = snapshot(in);
  auto nodes = state["nodes"];
  for (auto& node : nodes) {
    node["paused"] = pause_of(state, node["name"]);
    node["drained"] = pause_text(node["paused"]);
  }
  if (in.flags.contains("--json")) {
    for (auto& node : nodes)
      node.erase("drained");
    std::cout << json{{"nodes", nodes}}.dump(2) << '\n';
    return 0;
  }
  std::cout << table_of(nodes, {"NODE", "STATE", "IN FLIGHT", "ROLES", "VERSION", "DRAINED"},
                        {"name", "state", "in_flight", "roles", "version", "drained"},
                        "No node is running.");
  return 0;
}

int nodes_drain(const invocation& in) {
  const auto node = target_word(in, lever_subject::node, "Node");
  if (const auto lost = levers::roles_lost_without(node.name, states(snapshot(in))); !lost.empty())
    confirm(in, "No other node has the role " + joined(lost)
                  + ": what it does stands still until `nodes undrain`. Drain all the same?");
  return pause(in, node, "drains: it gives its jobs back with their tasks and takes no work");
}

int nodes_undrain(const invocation& in) {
  return resume(in, target_word(in, lever_subject::node, "Node"),
                "works again as cluster.conf says");
}

} // namespace neurocards::verbs
