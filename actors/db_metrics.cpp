#include "actors/db_metrics.hpp"

#include "actors/metric_families.hpp"

namespace neurocards {

using namespace metric_families;

db_metrics::db_metrics(caf::telemetry::metric_registry& r)
  : db_requests_(
    r.counter_family(prefix, "db-requests", {"kind"}, "Requests answered.", "1", true)),
    db_failures_(r.counter_family(prefix, "db-failures", {"kind"},
                                  "Of these, answered with an error.", "1", true)),
    db_batches_(r.counter_family(prefix, "db-batches", {"kind"},
                                 "Transactions that requests were merged into.", "1", true)),
    db_seconds_(r.counter_family<double>(prefix, "db-batch", {"kind"},
                                         "Time spent in these transactions.", "seconds", true)),
    db_waiting_(r.gauge_singleton(prefix, "db-waiting",
                                  "Requests to the database not in a transaction yet.")) {}

metric_types::counter& db_metrics::db_requests(std::string_view kind) const {
  return *db_requests_->get_or_add({{"kind", view(kind)}});
}

metric_types::counter& db_metrics::db_failures(std::string_view kind) const {
  return *db_failures_->get_or_add({{"kind", view(kind)}});
}

metric_types::counter& db_metrics::db_batches(std::string_view kind) const {
  return *db_batches_->get_or_add({{"kind", view(kind)}});
}

metric_types::real_counter& db_metrics::db_seconds(std::string_view kind) const {
  return *db_seconds_->get_or_add({{"kind", view(kind)}});
}

metric_types::gauge& db_metrics::db_waiting() const {
  return *db_waiting_;
}

} // namespace neurocards
