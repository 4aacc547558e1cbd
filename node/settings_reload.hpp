#pragma once

#include "node/config/reload.hpp"
#include "node/services.hpp"
#include "protocol/cluster.hpp"

#include <string>
#include <vector>

namespace neurocards {

/// cluster.conf as it is now, for those who place roles. `options`: of the command line.
cluster_file read_cluster_file(const std::vector<std::string>& options);

/// Warnings about settings, each with a line in the log.
void log_warnings(const std::vector<std::string>&);

/// Reads cluster.conf again and brings into force what may change while the node runs. Used by one
/// thread.
class settings_reload {
public:
  settings_reload(const services&, std::vector<std::string> options);

  /// Returns what the file says of nodes, or its faults. A file with faults changes nothing.
  cluster_file run();

private:
  void bring_into_force(const config::all&);
  void tell(const config::reload_plan&, const config::loaded&);

  changeable<config::all> in_force_;
  changeable<std::string> told_;
  std::string node_;
  std::vector<std::string> options_;
  config::settings_report report_;
};

} // namespace neurocards
