#include "actors/cluster_metrics.hpp"

#include "actors/metric_families.hpp"

namespace neurocards {

using namespace metric_families;

cluster_metrics::cluster_metrics(caf::telemetry::metric_registry& r)
  : jobs_(with(r.gauge_family(prefix, "jobs", {"status"}, "Jobs that are not finished, by status."),
               "status", {"queued", "processing"})),
    queue_age_(
      r.gauge_singleton(prefix, "queue-age", "How long the oldest due job has waited.", "seconds")),
    processing_without_lease_(r.gauge_singleton(prefix, "oldest-processing-without-lease",
                                                "Age of the oldest job whose node is silent.",
                                                "seconds")),
    provider_outage_(
      r.gauge_singleton(prefix, "kie-outage", "1 while it is down for the cluster.")),
    outbox_depth_(r.gauge_singleton(prefix, "outbox-depth", "Messages to users not sent yet.")),
    inbox_depth_(r.gauge_singleton(prefix, "inbox-depth", "Updates stored and not handled yet.")),
    cluster_figures_age_(r.gauge_singleton(prefix, "cluster-figures-age",
                                           "How long ago the figures of the cluster were read.",
                                           "seconds")) {}

metric_types::gauge& cluster_metrics::jobs(std::string_view status) const {
  return *jobs_->get_or_add({{"status", view(status)}});
}

metric_types::gauge& cluster_metrics::queue_age() const {
  return *queue_age_;
}

metric_types::gauge& cluster_metrics::processing_without_lease() const {
  return *processing_without_lease_;
}

metric_types::gauge& cluster_metrics::provider_outage() const {
  return *provider_outage_;
}

metric_types::gauge& cluster_metrics::outbox_depth() const {
  return *outbox_depth_;
}

metric_types::gauge& cluster_metrics::inbox_depth() const {
  return *inbox_depth_;
}

metric_types::gauge& cluster_metrics::cluster_figures_age() const {
  return *cluster_figures_age_;
}

} // namespace neurocards
