#pragma once

#include "actors/metric_types.hpp"

#include <memory>
#include <string_view>

namespace neurocards {

/// What this node does for users and asks of others. Part of `metrics`.
class work_metrics {
public:
  explicit work_metrics(caf::telemetry::metric_registry&);

  metric_types::gauge& in_flight() const; // jobs held
  metric_types::gauge& capacity() const;
  metric_types::gauge& unanswered_calls() const; // creations and uploads: one that is cut off costs

  /// Is counted as one of them for as long as it lives.
  std::shared_ptr<const metric_types::gauge> unanswered_call() const;

  metric_types::counter& jobs_ended(std::string_view outcome) const; // completed, failed, retried,
                                                                     // released, lost, faulted
  metric_types::counter&
  updates(std::string_view outcome) const; // stored, applied, repeated, failed, unreadable
  metric_types::counter&
  telegram_sends(std::string_view outcome) const; // sent, deferred, dropped, failed
  metric_types::counter& provider_calls(std::string_view operation, std::string_view outcome) const;
  metric_types::counter& orphans(std::string_view outcome) const; // adopted, late, given_up
  metric_types::counter&
  openai_calls(std::string_view outcome) const; // completed, cut, empty, filtered, refused, …
  metric_types::counter& prompts(std::string_view source) const; // openai, template, user
  metric_types::gauge&
  http_in_flight(std::string_view agent) const;                    // telegram, services, a provider
  metric_types::gauge& http_waiting(std::string_view agent) const; // for a connection

private:
  metric_types::gauge* in_flight_;
  metric_types::gauge* capacity_;
  metric_types::gauge* unanswered_calls_;
  metric_types::counters* jobs_ended_;
  metric_types::counters* updates_;
  metric_types::counters* telegram_sends_;
  metric_types::counters* provider_calls_;
  metric_types::counters* orphans_;
  metric_types::counters* openai_calls_;
  metric_types::counters* prompts_;
  metric_types::gauges* http_in_flight_;
  metric_types::gauges* http_waiting_;
};

} // namespace neurocards
