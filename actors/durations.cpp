#include "actors/durations.hpp"

#include <caf/telemetry/metric_registry.hpp>

namespace neurocards {

namespace {

constexpr caf::string_view prefix = "neurocards";

// Upper ends of the buckets in seconds. A promise of the product stands at one of them, so that
// what keeps it can be counted without guessing.
constexpr std::array stage_ends{0.5, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0};
constexpr std::array job_ends{30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0, 3600.0};
constexpr std::array chat_ends{0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0};
constexpr std::array http_ends{0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0};
constexpr std::array db_ends{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0};
constexpr std::array endpoint_ends{0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 5.0};
constexpr std::array lag_ends{0.005, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0};

using doubles = caf::span<const double>;

caf::string_view view(std::string_view x) {
  return {x.data(), x.size()};
}

} // namespace

durations::durations(caf::telemetry::metric_registry& r)
  : update_reply_(r.histogram_singleton<double>(
    prefix, "update-reply", chat_ends, "From a user's update to the reply's delivery.", "seconds")),
    message_delivery_(r.histogram_singleton<double>(
      prefix, "notice-delivery", chat_ends, "From writing a message to its delivery.", "seconds")),
    timer_lag_(r.histogram_singleton<double>(prefix, "timer-lag", lag_ends,
                                             "How late the timers' wheel turns.", "seconds")),
    http_requests_(r.histogram_family<double>(
      prefix, "http-request", {"agent", "operation", "outcome"}, http_ends,
      "Outgoing HTTP exchanges, waiting for a connection included.", "seconds")),
    db_requests_(r.histogram_family<double>(prefix, "db-request", {"kind"}, db_ends,
                                            "Requests to the database, waiting included.",
                                            "seconds")),
    endpoints_(r.histogram_family<double>(prefix, "endpoint", {"route", "code"}, endpoint_ends,
                                          "Requests to this node's own HTTP service.", "seconds")) {
  auto* stages = r.histogram_family<double>(prefix, "job-stage", {"stage"}, stage_ends,
                                            "How long jobs were in each stage.", "seconds");
  for (size_t i = 0; i < job_stages_.size(); ++i)
    job_stages_[i] = stages->get_or_add({{"stage", view(job_stage_names[i])}});
  auto* jobs = r.histogram_family<double>(prefix, "job", {"outcome"}, job_ends,
                                          "From an order to its end.", "seconds");
  jobs_ = {jobs->get_or_add({{"outcome", "failed"}}), jobs->get_or_add({{"outcome", "completed"}})};
}

durations::histogram& durations::job_stage(neurocards::job_stage stage) const {
  return *job_stages_[static_cast<size_t>(stage)];
}

durations::histogram& durations::job(bool completed) const {
  return *jobs_[completed ? 1 : 0];
}

durations::histogram& durations::update_reply() const {
  return *update_reply_;
}

durations::histogram& durations::message_delivery() const {
  return *message_delivery_;
}

durations::histogram& durations::timer_lag() const {
  return *timer_lag_;
}

durations::histogram& durations::http_request(std::string_view agent, std::string_view operation,
                                              std::string_view outcome) const {
  return *http_requests_->get_or_add(
    {{"agent", view(agent)}, {"operation", view(operation)}, {"outcome", view(outcome)}});
}

durations::histogram& durations::db_request(std::string_view kind) const {
  return *db_requests_->get_or_add({{"kind", view(kind)}});
}

durations::histogram& durations::endpoint(std::string_view route, std::string_view code) const {
  return *endpoints_->get_or_add({{"route", view(route)}, {"code", view(code)}});
}

} // namespace neurocards
