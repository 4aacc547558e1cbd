#pragma once

#include "protocol/cluster.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/request_list.hpp"

#include <caf/timespan.hpp>

namespace neurocards {

/// What `coordinator` asks the database.
using cluster_store_actor = store_actor<store::show_cluster>;

/// What `coordinator` works with.
struct coordinator_config {
  node_card identity;                               // of this node
  std::vector<config::node> nodes;                  // of cluster.conf
  caf::timespan interval = std::chrono::seconds{2}; // between two checks of the whole
};

} // namespace neurocards
