#pragma once

#include "actors/metric_types.hpp"

#include <string_view>

namespace neurocards {

/// What became of orders, and of what carries them. Part of `metrics`.
class order_metrics {
public:
  explicit order_metrics(caf::telemetry::metric_registry&);

  metric_types::counter&
  job_failures(std::string_view cls) const; // as `error_details.class` has it
  metric_types::counter& refunds() const;
  metric_types::counter& credits(std::string_view kind) const; // as `credit_ledger.kind` has it
  metric_types::counter& eta(bool hit) const; // jobs by whether the time told to users held
  metric_types::counter& rescues() const;     // jobs taken back from nodes that died
  metric_types::counter&
  reconnects(std::string_view link) const; // database, leader, listener, redis
  metric_types::gauge&
  leader(std::string_view role) const; // 1 while this node works as the only one
  metric_types::counter& trace_exports(std::string_view outcome) const; // sent, failed, dropped

private:
  metric_types::counters* job_failures_;
  metric_types::counter* refunds_;
  metric_types::counters* credits_;
  metric_types::counters* eta_;
  metric_types::counter* rescues_;
  metric_types::counters* reconnects_;
  metric_types::gauges* leaders_;
  metric_types::counters* trace_exports_;
};

} // namespace neurocards
