#pragma once

#include "actors/metric_types.hpp"

#include <string_view>

namespace neurocards {

/// Figures of the whole cluster, from the database. Part of `metrics`.
class cluster_metrics {
public:
  explicit cluster_metrics(caf::telemetry::metric_registry&);

  metric_types::gauge& jobs(std::string_view status) const; // queued, processing
  metric_types::gauge& queue_age() const;                   // seconds the oldest due job has waited
  metric_types::gauge& processing_without_lease() const;    // seconds; stays 0 (promise 3)
  metric_types::gauge& provider_outage() const;     // 1 while the provider is down for everybody
  metric_types::gauge& outbox_depth() const;        // unsent notifications
  metric_types::gauge& inbox_depth() const;         // unhandled updates
  metric_types::gauge& cluster_figures_age() const; // seconds since the above were read

private:
  metric_types::gauges* jobs_;
  metric_types::gauge* queue_age_;
  metric_types::gauge* processing_without_lease_;
  metric_types::gauge* provider_outage_;
  metric_types::gauge* outbox_depth_;
  metric_types::gauge* inbox_depth_;
  metric_types::gauge* cluster_figures_age_;
};

} // namespace neurocards
