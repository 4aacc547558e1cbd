#pragma once

#include "actors/cluster_peer.hpp"
#include "actors/coordinator_config.hpp"
#include "actors/leadership.hpp"
#include "actors/watched_actor.hpp"
#include "domain/cluster_view.hpp"
#include "protocol/actors.hpp"

#include <map>

namespace neurocards {

/// Knows which nodes are there and, while it leads, tells each what cluster.conf wants of it. Nodes
/// come to it, it dials nobody. A successor hears everything again.
class coordinator {
public:
  static constexpr const char* name = "coordinator";

  coordinator(coordinator_actor::pointer self, coordinator_config config,
              cluster_store_actor store);
  coordinator_actor::behavior_type make_behavior();

private:
  caf::result<node_card> on_hello(const node_card&, const caf::strong_actor_ptr& agent,
                                  const caf::strong_actor_ptr& coordinator);
  void refuse(const node_card&, const std::string& cause);
  void admit(const node_card&, node_agent_actor agent, const caf::strong_actor_ptr& coordinator);
  void introduce(const cluster_peer& to_ours);
  void on_report(const node_report&);
  void on_hint(const outbox_hint&);
  void on_file(const cluster_file&);
  void let_others_read();
  caf::result<actors_answer> ask_nodes(const actors_query&);
  void on_down(const caf::down_msg&);
  void gain();
  void lose();
  void forget_shown();
  void place(cluster_peer&);
  void place_all();
  void schedule_check();
  void check();
  void show();
  cluster_view::node seen(const std::string& node, bool listed) const;
  cluster_view::view view() const;
  cluster_peer* sender();
  bool is_ours(const std::string& node) const { return node == config_.identity.name; }

  coordinator_actor::pointer self_;
  coordinator_config config_;
  cluster_store_actor store_;
  std::map<std::string, cluster_peer> peers_;   // by name of node
  std::map<std::string, refused_peer> refused_; // by process
  std::vector<std::string> file_faults_;
  uint64_t revision_ = 1;
  leadership leader_;
  bool showing_ = false;
  std::string shown_; // the view the database has
};

using coordinator_impl = watched_impl<coordinator_actor, coordinator>;

} // namespace neurocards
