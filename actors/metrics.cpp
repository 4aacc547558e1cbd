#include "actors/metrics.hpp"

#include <initializer_list>

#include <caf/actor_system.hpp>
#include <caf/telemetry/metric_registry.hpp>

namespace neurocards {

namespace {

constexpr caf::string_view prefix = "neurocards";

using labels = std::initializer_list<caf::telemetry::label_view>;

/// Makes the series whose values are known beforehand, so that they read 0 and not "no data".
template <class Family>
Family* with(Family* family, caf::string_view label,
             std::initializer_list<caf::string_view> values) {
  for (const auto& value : values)
    family->get_or_add({{label, value}});
  return family;
}

caf::string_view view(std::string_view x) {
  return {x.data(), x.size()};
}

} // namespace

metrics::metrics(caf::actor_system& sys) : metrics(sys.metrics()) {
  // nop
}

metrics::order_families::order_families(caf::telemetry::metric_registry& r)
  : job_failures(with(
    r.counter_family(prefix, "job-failures", {"class"}, "Jobs that failed.", "1", true), "class",
    {"TEMPORARY", "RATE_LIMIT", "BILLING", "KEY_REFUSED", "MODEL_DOWN", "OUTAGE", "USER_VIOLATION",
     "CANCELLED", "UNKNOWN"})),
    refunds(r.counter_singleton(prefix, "refunds", "Credits given back.", "1", true)),
    credits(with(r.counter_family(prefix, "credits", {"kind"}, "Credits moved, by why.", "1", true),
                 "kind", {"welcome", "purchase", "grant", "charge", "refund", "payment_refund"})),
    eta(with(r.counter_family(prefix, "eta", {"hit"},
                              "Videos by whether they took as long as users were told.", "1", true),
             "hit", {"true", "false"})),
    rescues(
      r.counter_singleton(prefix, "rescues", "Jobs taken back from nodes that died.", "1", true)),
    reconnects(with(r.counter_family(prefix, "reconnects", {"what"},
                                     "Connections lost and sought anew.", "1", true),
                    "what", {"database", "leader", "listener", "redis"})),
    leaders(with(r.gauge_family(prefix, "leader", {"role"}, "1 where the one that works is."),
                 "role",
                 {"gateway", "notifier", "coordinator", "janitor", "late_videos", "cards"})),
    trace_exports(
      with(r.counter_family(prefix, "trace-exports", {"outcome"}, "Traces of jobs.", "1", true),
           "outcome", {"sent", "failed", "dropped"})) {
  // nop
}

metrics::metrics(caf::telemetry::metric_registry& r)
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
                                           "seconds")),
    in_flight_(r.gauge_singleton(prefix, "in-flight", "Jobs this node holds.")),
    capacity_(r.gauge_singleton(prefix, "capacity", "Jobs this node holds at most.")),
    unanswered_calls_(r.gauge_singleton(prefix, "unanswered-calls",
                                        "Creations of tasks and uploads to Telegram under way.")),
    jobs_ended_(
      with(r.counter_family(prefix, "jobs-ended", {"how"}, "Jobs that left this node.", "1", true),
           "how", {"completed", "failed", "retried", "released", "lost", "faulted"})),
    updates_(
      with(r.counter_family(prefix, "updates", {"outcome"}, "Updates of Telegram.", "1", true),
           "outcome", {"stored", "applied", "repeated", "failed", "unreadable"})),
    telegram_sends_(
      with(r.counter_family(prefix, "telegram-sends", {"outcome"}, "Messages to users.", "1", true),
           "outcome", {"sent", "deferred", "dropped", "failed"})),
    provider_calls_(r.counter_family(prefix, "kie-calls", {"operation", "outcome"},
                                     "Calls to the provider.", "1", true)),
    orphans_(with(r.counter_family(prefix, "kie-orphans", {"outcome"},
                                   "Creations of tasks with an unknown outcome.", "1", true),
                  "outcome", {"adopted", "late", "given_up"})),
    openai_calls_(
      with(r.counter_family(prefix, "openai-calls", {"outcome"}, "Calls to OpenAI.", "1", true),
           "outcome", {"completed", "cut", "empty", "filtered", "refused", "unanswered"})),
    prompts_(
      with(r.counter_family(prefix, "prompts", {"source"}, "Scripts by who wrote them.", "1", true),
           "source", {"openai", "template", "user"})),
    http_in_flight_(with(
      r.gauge_family(prefix, "http-in-flight", {"agent"}, "Outgoing HTTP exchanges under way."),
      "agent", {"telegram", "kie", "runware", "services"})),
    http_waiting_(with(r.gauge_family(prefix, "http-waiting", {"agent"},
                                      "Outgoing HTTP exchanges that wait for a connection."),
                       "agent", {"telegram", "kie", "runware", "services"})),
    db_requests_(
      r.counter_family(prefix, "db-requests", {"kind"}, "Requests answered.", "1", true)),
    db_failures_(r.counter_family(prefix, "db-failures", {"kind"},
                                  "Of these, answered with an error.", "1", true)),
    db_batches_(r.counter_family(prefix, "db-batches", {"kind"},
                                 "Transactions that requests were merged into.", "1", true)),
    db_seconds_(r.counter_family<double>(prefix, "db-batch", {"kind"},
                                         "Time spent in these transactions.", "seconds", true)),
    db_waiting_(r.gauge_singleton(prefix, "db-waiting",
                                  "Requests to the database not in a transaction yet.")),
    orders_(r), times_(r) {
  // nop
}

metrics::gauge& metrics::jobs(std::string_view status) const {
  return *jobs_->get_or_add({{"status", view(status)}});
}

metrics::gauge& metrics::queue_age() const {
  return *queue_age_;
}

metrics::gauge& metrics::processing_without_lease() const {
  return *processing_without_lease_;
}

metrics::gauge& metrics::provider_outage() const {
  return *provider_outage_;
}

metrics::gauge& metrics::outbox_depth() const {
  return *outbox_depth_;
}

metrics::gauge& metrics::inbox_depth() const {
  return *inbox_depth_;
}

metrics::gauge& metrics::cluster_figures_age() const {
  return *cluster_figures_age_;
}

metrics::gauge& metrics::in_flight() const {
  return *in_flight_;
}

metrics::gauge& metrics::capacity() const {
  return *capacity_;
}

metrics::gauge& metrics::unanswered_calls() const {
  return *unanswered_calls_;
}

std::shared_ptr<const metrics::gauge> metrics::unanswered_call() const {
  unanswered_calls_->inc();
  return {unanswered_calls_, [](gauge* count) { count->dec(); }};
}

metrics::counter& metrics::jobs_ended(std::string_view outcome) const {
  return *jobs_ended_->get_or_add({{"how", view(outcome)}});
}

metrics::counter& metrics::updates(std::string_view outcome) const {
  return *updates_->get_or_add({{"outcome", view(outcome)}});
}

metrics::counter& metrics::telegram_sends(std::string_view outcome) const {
  return *telegram_sends_->get_or_add({{"outcome", view(outcome)}});
}

metrics::counter& metrics::provider_calls(std::string_view operation,
                                          std::string_view outcome) const {
  return *provider_calls_->get_or_add({{"operation", view(operation)}, {"outcome", view(outcome)}});
}

metrics::counter& metrics::orphans(std::string_view outcome) const {
  return *orphans_->get_or_add({{"outcome", view(outcome)}});
}

metrics::counter& metrics::openai_calls(std::string_view outcome) const {
  return *openai_calls_->get_or_add({{"outcome", view(outcome)}});
}

metrics::counter& metrics::prompts(std::string_view source) const {
  return *prompts_->get_or_add({{"source", view(source)}});
}

metrics::gauge& metrics::http_in_flight(std::string_view agent) const {
  return *http_in_flight_->get_or_add({{"agent", view(agent)}});
}

metrics::gauge& metrics::http_waiting(std::string_view agent) const {
  return *http_waiting_->get_or_add({{"agent", view(agent)}});
}

metrics::counter& metrics::db_requests(std::string_view kind) const {
  return *db_requests_->get_or_add({{"kind", view(kind)}});
}

metrics::counter& metrics::db_failures(std::string_view kind) const {
  return *db_failures_->get_or_add({{"kind", view(kind)}});
}

metrics::counter& metrics::db_batches(std::string_view kind) const {
  return *db_batches_->get_or_add({{"kind", view(kind)}});
}

metrics::real_counter& metrics::db_seconds(std::string_view kind) const {
  return *db_seconds_->get_or_add({{"kind", view(kind)}});
}

metrics::gauge& metrics::db_waiting() const {
  return *db_waiting_;
}

metrics::counter& metrics::job_failures(std::string_view cls) const {
  return *orders_.job_failures->get_or_add({{"class", view(cls)}});
}

metrics::counter& metrics::refunds() const {
  return *orders_.refunds;
}

metrics::counter& metrics::credits(std::string_view kind) const {
  return *orders_.credits->get_or_add({{"kind", view(kind)}});
}

metrics::counter& metrics::eta(bool hit) const {
  return *orders_.eta->get_or_add({{"hit", hit ? view("true") : view("false")}});
}

metrics::counter& metrics::rescues() const {
  return *orders_.rescues;
}

metrics::counter& metrics::reconnects(std::string_view link) const {
  return *orders_.reconnects->get_or_add({{"what", view(link)}});
}

metrics::gauge& metrics::leader(std::string_view role) const {
  return *orders_.leaders->get_or_add({{"role", view(role)}});
}

metrics::counter& metrics::trace_exports(std::string_view outcome) const {
  return *orders_.trace_exports->get_or_add({{"outcome", view(outcome)}});
}

} // namespace neurocards
