#pragma once

#include "actors/stages_under_way.hpp"
#include "protocol/node_role.hpp"

#include <functional>
#include <memory>

#include <caf/timespan.hpp>

namespace neurocards {

/// What `health` works with.
struct health_config {
  std::string node;  // name in cluster.conf
  std::string roles; // at the start, as joined_roles() makes them
  std::string version;
  caf::timespan lease;
  caf::timespan heartbeat;
  std::function<void(const std::string&)> also_tell; // a beat that went well (Redis); may be empty
  /// Told with every beat whether an operator wants the node to drain; may be empty.
  std::function<void(bool drains)> tell_drains = nullptr;
  /// Told to the database with every beat: it does not see them. Null: there are none.
  std::shared_ptr<const stages_under_way> stages = nullptr;
  /// JSON about the node's settings, told with every beat; may be empty.
  std::function<std::string()> settings = nullptr;
};

/// Roles as the database keeps them: sorted and separated by commas, so that the same roles are the
/// same text, whoever tells them.
std::string joined_roles(std::vector<node_role> roles);

} // namespace neurocards
