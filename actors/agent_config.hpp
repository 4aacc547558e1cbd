#pragma once

#include "protocol/actors.hpp"

#include <functional>

namespace neurocards {

/// What `node_agent` works with.
struct agent_config {
  node_card identity;
  std::vector<config::node> nodes; // of this node's own cluster.conf
  /// Starts a role of this node. Called from the agent; must not block for long.
  std::function<role_group_actor(node_role)> start_role;
  /// From now on the node holds at most so many jobs; 0: `worker.concurrency`.
  std::function<void(int concurrency)> resize;
  /// Whether an operator wants the node to drain; read before each report. Empty: never.
  std::function<bool()> drains = nullptr;
  /// Reads this node's cluster.conf again, as a coordinator has asked for. Must not block.
  std::function<void()> reread = nullptr;
  caf::timespan interval = std::chrono::seconds{1}; // between two reports
  /// How long a node without a coordinator of its own waits to be told what to run. Then it goes by
  /// its own file: coordinators that are down stop nobody.
  caf::timespan patience = std::chrono::seconds{3};
};

} // namespace neurocards
