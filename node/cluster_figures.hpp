#pragma once

#include "actors/metrics.hpp"

#include <string>

namespace neurocards {

/// Sets the gauges of the whole cluster from what `status_snapshot` returned.
void show_cluster_figures(const std::string& snapshot, const metrics&);

} // namespace neurocards
