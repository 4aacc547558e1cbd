#pragma once

#include "node/config/load.hpp"

#include <caf/actor_system_config.hpp>

namespace neurocards {

/// What CAF itself is started with: our choices, then the block `caf` of cluster.conf above them.
/// Remoting carries TLS exactly when `cluster.tls` is set.
class system_config : public caf::actor_system_config {
public:
  explicit system_config(const config::loaded&);
};

namespace config {

/// Faults of the block `caf`: keys CAF does not know, and values it would drop without a word.
std::vector<std::string> faults_of_caf(const caf::settings&);

} // namespace config

} // namespace neurocards
