#pragma once

#include "actors/actor_inspector.hpp"
#include "actors/agent_config.hpp"
#include "actors/coordinator_links.hpp"
#include "actors/watched_actor.hpp"
#include "protocol/actors.hpp"

#include <caf/disposable.hpp>

namespace neurocards {

/// Starts and ends the roles of this node as the leading coordinator says. Every node also runs the
/// role janitor, whatever is said.
class node_agent {
public:
  static constexpr const char* name = "node_agent";

  node_agent(node_agent_actor::pointer self, agent_config config, health_actor health,
             peer_dialer_actor dialer);
  node_agent_actor::behavior_type make_behavior();

private:
  struct role_state {
    role_group_actor group;
    bool draining = false;
  };

  void begin();
  void go_by_own_file();
  void follow(const placement&);
  void follow_operator();
  void reconcile();
  void start(node_role);
  void drain(node_role);
  void on_role_gone(node_role);
  void on_down(const caf::down_msg&);
  caf::result<void> drain_all();
  void drain_on();
  void tick();
  void report();
  void send_report(const node_stats&);
  void on_hint(const outbox_hint&);
  void on_file(const cluster_file&);
  void reread();
  caf::result<actors_answer> tell_actors(const actors_query&);
  caf::result<actors_answer> ask_others(const actors_query&);
  void tell_without_others(const actors_query&, const std::string& reason,
                           caf::typed_response_promise<actors_answer>);
  bool runs(node_role) const;
  std::vector<node_role> wanted_roles() const;

  node_agent_actor::pointer self_;
  agent_config config_;
  health_actor health_;
  coordinator_links links_;
  actor_inspector inspector_;
  std::map<node_role, role_state> roles_;
  placement target_;
  bool placed_ = false;                      // told what to run, by a coordinator or our own file
  bool draining_ = false;                    // the node ends
  bool paused_ = false;                      // an operator has drained it; it lives on
  caf::actor_clock::time_point waits_until_; // to be told
  std::optional<std::vector<node_role>> told_health_; // which roles run
  caf::typed_response_promise<void> drained_;
};

using node_agent_impl = watched_impl<node_agent_actor, node_agent>;

} // namespace neurocards
