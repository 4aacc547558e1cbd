#pragma once

#include "protocol/cluster.hpp"

#include <chrono>
#include <optional>

/// What the leading coordinator sees of its cluster, as `status` shows it from any node. Pure.
namespace neurocards::cluster_view {

/// One node of cluster.conf, or one that came although the file does not list it.
struct node {
  std::string name;
  bool listed = true;
  bool connected = false;
  bool local = false;                 // the coordinator's own
  std::chrono::seconds silent_for{0}; // since its last report, while connected
  std::string version;
  placement wanted;
  std::optional<node_report> report; // the last one
};

struct view {
  std::string leader;    // the coordinator's node
  uint64_t revision = 0; // of the file in force: how often it was read
  std::vector<node> nodes;
  std::vector<std::string> file_faults; // of a file that was refused
  std::vector<std::string> refused;     // nodes that were turned away, and why
  std::vector<std::string> standbys;    // other coordinators
};

/// "connected", "silent" (no report for a while), "away".
std::string connection_of(const node&);

std::string to_json(const view&);

} // namespace neurocards::cluster_view
