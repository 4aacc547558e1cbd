#pragma once

#include "actors/coordinator.hpp"
#include "actors/node_agent.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/ask.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

namespace neurocards::test {

/// Nodes in one actor system: `first` with a coordinator, others that dial it.
struct cluster_fixture : actor_fixture {
  std::vector<config::node> nodes{
    {"first", "10.0.0.1", 4242, {node_role::notifier, node_role::coordinator}, 0},
    {"second", "10.0.0.2", 0, {node_role::worker}, 7},
  };
  std::vector<std::string> shown; // to the database
  coordinator_actor leader;
  std::map<std::string, std::set<node_role>> running; // by node
  std::map<std::string, int> concurrency;
  std::set<std::string> drained;     // by an operator, as the heartbeat says
  std::map<std::string, int> reread; // how often a node was told to read its file again
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
    config.identity = {node, "1.0", protocol, process.empty() ? "process-" + node : process};
    config.nodes = nodes;
    config.start_role = [this, node](node_role role) {
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
    config.reread = [this, node] { ++reread[node]; };
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

} // namespace neurocards::test
