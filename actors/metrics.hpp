#pragma once

#include "actors/durations.hpp"

#include <memory>
#include <string_view>

#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/metric_family_impl.hpp>

namespace caf {

class actor_system;

namespace telemetry {

class metric_registry;

} // namespace telemetry

} // namespace caf

namespace neurocards {

/// Our figures in CAF's metric registry. A handle: copy it freely; what its functions return is
/// valid, and safe to use from any thread, as long as the actor system lives. Every family exists
/// from the start, so that a dashboard finds it before the first event. Label values are words of
/// ours, never text from outside.
class metrics {
public:
  using counter = caf::telemetry::int_counter;
  using gauge = caf::telemetry::int_gauge;
  using real_counter = caf::telemetry::dbl_counter;

  explicit metrics(caf::actor_system&);
  explicit metrics(caf::telemetry::metric_registry&);

  // ── figures of the whole cluster, from the database ──
  gauge& jobs(std::string_view status) const; // queued, processing
  gauge& queue_age() const;                   // seconds the oldest due job has waited
  gauge& processing_without_lease() const;    // seconds; stays 0 (promise 3)
  gauge& provider_outage() const;             // 1 while the provider is down for everybody
  gauge& outbox_depth() const;                // unsent notifications
  gauge& inbox_depth() const;                 // unhandled updates
  gauge& cluster_figures_age() const;         // seconds since the above were read

  // ── figures of this node ──
  gauge& in_flight() const; // jobs held
  gauge& capacity() const;
  gauge& unanswered_calls() const; // creations and uploads: one that is cut off costs

  /// Is counted as one of them for as long as it lives.
  std::shared_ptr<const gauge> unanswered_call() const;

  counter& jobs_ended(std::string_view outcome) const; // completed, failed, retried, released,
                                                       // lost, faulted
  counter& updates(std::string_view outcome) const; // stored, applied, repeated, failed, unreadable
  counter& telegram_sends(std::string_view outcome) const; // sent, deferred, dropped, failed
  counter& job_failures(std::string_view cls) const;       // as `error_details.class` has it
  counter& refunds() const;
  counter& credits(std::string_view kind) const;    // as `credit_ledger.kind` has it
  counter& eta(bool hit) const;                     // jobs by whether the time told to users held
  counter& rescues() const;                         // jobs taken back from nodes that died
  counter& reconnects(std::string_view link) const; // database, leader, listener, redis
  gauge& leader(std::string_view role) const;       // 1 while this node works as the only one
  counter& trace_exports(std::string_view outcome) const; // sent, failed, dropped
  counter& provider_calls(std::string_view operation, std::string_view outcome) const;
  counter& orphans(std::string_view outcome) const; // adopted, late, given_up
  counter&
  openai_calls(std::string_view outcome) const;    // completed, cut, empty, filtered, refused, …
  counter& prompts(std::string_view source) const; // openai, template, user
  gauge& http_in_flight(std::string_view agent) const; // telegram, services, a provider
  gauge& http_waiting(std::string_view agent) const;   // for a connection
  counter& db_requests(std::string_view kind) const;
  counter& db_failures(std::string_view kind) const;
  counter&
  db_batches(std::string_view kind) const; // transactions; requests ÷ batches is what merging saves
  real_counter& db_seconds(std::string_view kind) const; // spent in them
  gauge& db_waiting() const;                             // requests not yet in a transaction

  /// How long things take.
  const durations& times() const { return times_; }

private:
  using counters = caf::telemetry::metric_family_impl<counter>;
  using gauges = caf::telemetry::metric_family_impl<gauge>;
  using real_counters = caf::telemetry::metric_family_impl<real_counter>;

  /// Of orders, and of what carries them.
  struct order_families {
    explicit order_families(caf::telemetry::metric_registry&);

    counters* job_failures;
    counter* refunds;
    counters* credits;
    counters* eta;
    counter* rescues;
    counters* reconnects;
    gauges* leaders;
    counters* trace_exports;
  };

  gauges* jobs_;
  gauge* queue_age_;
  gauge* processing_without_lease_;
  gauge* provider_outage_;
  gauge* outbox_depth_;
  gauge* inbox_depth_;
  gauge* cluster_figures_age_;
  gauge* in_flight_;
  gauge* capacity_;
  gauge* unanswered_calls_;
  counters* jobs_ended_;
  counters* updates_;
  counters* telegram_sends_;
  counters* provider_calls_;
  counters* orphans_;
  counters* openai_calls_;
  counters* prompts_;
  gauges* http_in_flight_;
  gauges* http_waiting_;
  counters* db_requests_;
  counters* db_failures_;
  counters* db_batches_;
  real_counters* db_seconds_;
  gauge* db_waiting_;
  order_families orders_;
  durations times_;
};

} // namespace neurocards
