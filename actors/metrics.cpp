#include "actors/metrics.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/metric_registry.hpp>

namespace neurocards {

metrics::metrics(caf::actor_system& sys) : metrics(sys.metrics()) {}

metrics::metrics(caf::telemetry::metric_registry& r)
  : cluster_metrics(r), work_metrics(r), db_metrics(r), order_metrics(r), times_(r) {}

} // namespace neurocards
