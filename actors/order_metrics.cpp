#include "actors/order_metrics.hpp"

#include "actors/metric_families.hpp"

namespace neurocards {

using namespace metric_families;

order_metrics::order_metrics(caf::telemetry::metric_registry& r)
  : job_failures_(with(
    r.counter_family(prefix, "job-failures", {"class"}, "Jobs that failed.", "1", true), "class",
    {"TEMPORARY", "RATE_LIMIT", "BILLING", "KEY_REFUSED", "MODEL_DOWN", "OUTAGE", "USER_VIOLATION",
     "CANCELLED", "UNKNOWN"})),
    refunds_(r.counter_singleton(prefix, "refunds", "Credits given back.", "1", true)),
    credits_(
      with(r.counter_family(prefix, "credits", {"kind"}, "Credits moved, by why.", "1", true),
           "kind", {"welcome", "purchase", "grant", "charge", "refund", "payment_refund"})),
    eta_(
      with(r.counter_family(prefix, "eta", {"hit"},
                            "Videos by whether they took as long as users were told.", "1", true),
           "hit", {"true", "false"})),
    rescues_(
      r.counter_singleton(prefix, "rescues", "Jobs taken back from nodes that died.", "1", true)),
    reconnects_(with(r.counter_family(prefix, "reconnects", {"what"},
                                      "Connections lost and sought anew.", "1", true),
                     "what", {"database", "leader", "listener", "redis"})),
    leaders_(with(r.gauge_family(prefix, "leader", {"role"}, "1 where the one that works is."),
                  "role",
                  {"gateway", "notifier", "coordinator", "janitor", "late_videos", "cards"})),
    trace_exports_(
      with(r.counter_family(prefix, "trace-exports", {"outcome"}, "Traces of jobs.", "1", true),
           "outcome", {"sent", "failed", "dropped"})) {}

metric_types::counter& order_metrics::job_failures(std::string_view cls) const {
  return *job_failures_->get_or_add({{"class", view(cls)}});
}

metric_types::counter& order_metrics::refunds() const {
  return *refunds_;
}

metric_types::counter& order_metrics::credits(std::string_view kind) const {
  return *credits_->get_or_add({{"kind", view(kind)}});
}

metric_types::counter& order_metrics::eta(bool hit) const {
  return *eta_->get_or_add({{"hit", hit ? view("true") : view("false")}});
}

metric_types::counter& order_metrics::rescues() const {
  return *rescues_;
}

metric_types::counter& order_metrics::reconnects(std::string_view link) const {
  return *reconnects_->get_or_add({{"what", view(link)}});
}

metric_types::gauge& order_metrics::leader(std::string_view role) const {
  return *leaders_->get_or_add({{"role", view(role)}});
}

metric_types::counter& order_metrics::trace_exports(std::string_view outcome) const {
  return *trace_exports_->get_or_add({{"outcome", view(outcome)}});
}

} // namespace neurocards
