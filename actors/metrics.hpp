#pragma once

#include "actors/cluster_metrics.hpp"
#include "actors/db_metrics.hpp"
#include "actors/durations.hpp"
#include "actors/order_metrics.hpp"
#include "actors/work_metrics.hpp"

namespace caf {

class actor_system;

} // namespace caf

namespace neurocards {

/// Our figures in CAF's metric registry. A handle: copy it freely; what its functions return is
/// valid, and safe to use from any thread, as long as the actor system lives. Every family exists
/// from the start, so that a dashboard finds it before the first event. Label values are words of
/// ours, never text from outside.
class metrics : public cluster_metrics,
                public work_metrics,
                public db_metrics,
                public order_metrics {
public:
  using counter = metric_types::counter;
  using gauge = metric_types::gauge;
  using real_counter = metric_types::real_counter;

  explicit metrics(caf::actor_system&);
  explicit metrics(caf::telemetry::metric_registry&);

  /// How long things take.
  const durations& times() const { return times_; }

private:
  durations times_;
};

} // namespace neurocards
