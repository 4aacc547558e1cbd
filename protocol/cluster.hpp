#pragma once

#include "protocol/config.hpp"
#include "protocol/node_role.hpp"
#include "protocol/work.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What nodes say to each other about who they are and what runs where. Any of it may be lost: what
/// must survive is in the database.
namespace neurocards {

/// How a node introduces itself. Its shape never changes, so that any two versions can at least
/// tell each other that they do not fit.
struct node_card {
  std::string name;     // its entry in cluster.conf
  std::string version;  // of the program; may differ during a rolling upgrade
  int32_t protocol = 0; // `protocol_version`; must not differ
  std::string process;  // a UUID: tells a node that came back from a second one of the same name
};

/// Where a coordinator is reached.
struct peer_address {
  std::string name; // its node's
  std::string host;
  uint16_t port = 0; // 0: not over the network

  friend bool operator==(const peer_address&, const peer_address&) = default;
};

/// What the leading coordinator wants a node to run.
struct placement {
  std::vector<node_role> roles; // empty: nothing
  int32_t concurrency = 0;      // 0: `worker.concurrency`
  std::vector<peer_address> coordinators;
  std::string reason; // why nothing runs; else empty

  friend bool operator==(const placement&, const placement&) = default;
};

/// What a node runs, told to every coordinator again and again.
struct node_report {
  std::vector<node_role> roles;    // started
  std::vector<node_role> draining; // ending
  int32_t concurrency = 0;
  node_stats stats;
};

/// The nodes of a cluster.conf that was read again, or why it cannot be used. Does not travel.
struct cluster_file {
  std::vector<config::node> nodes;
  std::vector<std::string> faults; // not empty: the old file stays in force
};

} // namespace neurocards
