#pragma once

#include "node/config/load.hpp"

namespace neurocards {

/// What `neurocards run` was told besides the settings.
struct run_options {
  std::string node;     // name of our entry of cluster.nodes
  bool migrate = false; // bring the database up to date first
  std::vector<std::string>
    options; // of the command line: given again when SIGHUP re-reads the file
};

/// Runs this node until SIGTERM or SIGINT. Returns the exit code; the reason of a failure is
/// logged.
int run(const config::loaded&, const run_options&);

} // namespace neurocards
