#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace neurocards {

/// Names that have figures before the database knows them.
struct known_names {
  std::vector<std::string> keys; // fingerprints
  std::vector<std::string> models;
};

/// Figures of the cluster with labels that come and go, as Prometheus text, from what
/// `status_snapshot` returned: the oldest order in each stage, what ended lately, what cools down,
/// what is paused.
std::string cluster_series(const nlohmann::json& snapshot, const known_names&);

} // namespace neurocards
