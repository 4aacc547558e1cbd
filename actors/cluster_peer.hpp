#pragma once

#include "protocol/actors.hpp"

#include <optional>
#include <string>

#include <caf/actor_clock.hpp>

namespace neurocards {

/// A node that is there, as the coordinator sees it.
struct cluster_peer {
  node_card identity;
  node_agent_actor agent;
  caf::strong_actor_ptr coordinator; // null: it runs none
  std::optional<node_report> report;
  caf::actor_clock::time_point heard_at;
  caf::actor_clock::time_point told_at; // of its placement
};

/// A node that was turned away.
struct refused_peer {
  node_card identity;
  std::string reason;
  caf::actor_clock::time_point when;
};

} // namespace neurocards
