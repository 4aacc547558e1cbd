#pragma once

#include "actors/metric_types.hpp"

#include <string_view>

namespace neurocards {

/// Requests to the database. Part of `metrics`.
class db_metrics {
public:
  explicit db_metrics(caf::telemetry::metric_registry&);

  metric_types::counter& db_requests(std::string_view kind) const;
  metric_types::counter& db_failures(std::string_view kind) const;
  metric_types::counter&
  db_batches(std::string_view kind) const; // transactions; requests ÷ batches is what merging saves
  metric_types::real_counter& db_seconds(std::string_view kind) const; // spent in them
  metric_types::gauge& db_waiting() const; // requests not yet in a transaction

private:
  metric_types::counters* db_requests_;
  metric_types::counters* db_failures_;
  metric_types::counters* db_batches_;
  metric_types::real_counters* db_seconds_;
  metric_types::gauge* db_waiting_;
};

} // namespace neurocards
