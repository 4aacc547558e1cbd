#include "actors/work_metrics.hpp"

#include "actors/metric_families.hpp"

namespace neurocards {

using namespace metric_families;

work_metrics::work_metrics(caf::telemetry::metric_registry& r)
  : in_flight_(r.gauge_singleton(prefix, "in-flight", "Jobs this node holds.")),
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
                       "agent", {"telegram", "kie", "runware", "services"})) {}

metric_types::gauge& work_metrics::in_flight() const {
  return *in_flight_;
}

metric_types::gauge& work_metrics::capacity() const {
  return *capacity_;
}

metric_types::gauge& work_metrics::unanswered_calls() const {
  return *unanswered_calls_;
}

std::shared_ptr<const metric_types::gauge> work_metrics::unanswered_call() const {
  unanswered_calls_->inc();
  return {unanswered_calls_, [](metric_types::gauge* count) { count->dec(); }};
}

metric_types::counter& work_metrics::jobs_ended(std::string_view outcome) const {
  return *jobs_ended_->get_or_add({{"how", view(outcome)}});
}

metric_types::counter& work_metrics::updates(std::string_view outcome) const {
  return *updates_->get_or_add({{"outcome", view(outcome)}});
}

metric_types::counter& work_metrics::telegram_sends(std::string_view outcome) const {
  return *telegram_sends_->get_or_add({{"outcome", view(outcome)}});
}

metric_types::counter& work_metrics::provider_calls(std::string_view operation,
                                                    std::string_view outcome) const {
  return *provider_calls_->get_or_add({{"operation", view(operation)}, {"outcome", view(outcome)}});
}

metric_types::counter& work_metrics::orphans(std::string_view outcome) const {
  return *orphans_->get_or_add({{"outcome", view(outcome)}});
}

metric_types::counter& work_metrics::openai_calls(std::string_view outcome) const {
  return *openai_calls_->get_or_add({{"outcome", view(outcome)}});
}

metric_types::counter& work_metrics::prompts(std::string_view source) const {
  return *prompts_->get_or_add({{"source", view(source)}});
}

metric_types::gauge& work_metrics::http_in_flight(std::string_view agent) const {
  return *http_in_flight_->get_or_add({{"agent", view(agent)}});
}

metric_types::gauge& work_metrics::http_waiting(std::string_view agent) const {
  return *http_waiting_->get_or_add({{"agent", view(agent)}});
}

} // namespace neurocards
