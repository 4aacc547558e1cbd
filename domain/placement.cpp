#include "domain/placement.hpp"

#include <algorithm>

namespace neurocards::placements {

namespace {

bool has(const std::vector<node_role>& roles, node_role role) {
  return std::ranges::find(roles, role) != roles.end();
}

bool has_coordinator(const config::node& x) {
  return has(x.roles, node_role::coordinator);
}

} // namespace

placement wanted(const std::vector<config::node>& nodes, const std::string& name) {
  placement result;
  result.coordinators = coordinators(nodes);
  const auto found = std::ranges::find(nodes, name, &config::node::name);
  if (found == nodes.end()) {
    result.reason = "cluster.conf of the coordinator does not list this node";
    return result;
  }
  result.roles = found->roles;
  result.concurrency = found->concurrency;
  return result;
}

std::vector<peer_address> coordinators(const std::vector<config::node>& nodes) {
  std::vector<peer_address> result;
  for (const auto& x : nodes)
    if (has_coordinator(x))
      result.push_back({x.name, x.host, x.port});
  return result;
}

std::vector<std::string> faults_of(const std::vector<config::node>& nodes) {
  if (std::ranges::none_of(nodes, has_coordinator))
    return {"cluster.nodes: no node has the role coordinator, so nothing could be placed any more"};
  return {};
}

std::vector<peer_address> to_dial(const std::vector<peer_address>& coordinators,
                                  const std::string& self, bool runs_coordinator) {
  std::vector<peer_address> result;
  for (const auto& x : coordinators)
    if (x.port != 0 && x.name != self && (!runs_coordinator || x.name < self))
      result.push_back(x);
  return result;
}

std::string refusal(const node_card& ours, const node_card& theirs,
                    const std::optional<node_card>& known) {
  if (theirs.protocol != ours.protocol)
    return "node " + theirs.name + " (version " + theirs.version + ") speaks protocol "
           + std::to_string(theirs.protocol) + ", node " + ours.name + " (version " + ours.version
           + ") speaks " + std::to_string(ours.protocol) + ": run the same version on both";
  if (known && known->process != theirs.process)
    return "a node named " + theirs.name
           + " is connected already: names are unique, give one of them another";
  return {};
}

std::vector<node_role> kept_while_drained(const std::vector<node_role>& roles) {
  return has(roles, node_role::coordinator) ? std::vector{node_role::coordinator}
                                            : std::vector<node_role>{};
}

bool follows(const node_report& is, const placement& should) {
  return is.concurrency == should.concurrency && is.roles.size() == should.roles.size()
         && std::ranges::all_of(should.roles, [&](auto x) { return has(is.roles, x); });
}

std::string difference(const placement& before, const placement& after) {
  std::string result;
  const auto add = [&](const std::string& word) { result += (result.empty() ? "" : " ") + word; };
  for (const auto role : after.roles)
    if (!has(before.roles, role))
      add("+" + std::string{to_string(role)});
  for (const auto role : before.roles)
    if (!has(after.roles, role))
      add("-" + std::string{to_string(role)});
  if (before.concurrency != after.concurrency)
    add("concurrency " + std::to_string(before.concurrency) + " -> "
        + std::to_string(after.concurrency));
  return result;
}

} // namespace neurocards::placements
