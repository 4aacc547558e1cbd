#pragma once

#include "domain/job_stage.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include <caf/telemetry/histogram.hpp>
#include <caf/telemetry/metric_family_impl.hpp>

namespace caf::telemetry {

class metric_registry;

} // namespace caf::telemetry

namespace neurocards {

/// The histograms of this node, in CAF's registry. A handle, like `metrics`. Those whose labels are
/// known beforehand are made at once; whoever asks for one of the others keeps what he gets.
class durations {
public:
  using histogram = caf::telemetry::dbl_histogram;

  explicit durations(caf::telemetry::metric_registry&);

  /// Seconds, as histograms count them.
  static double seconds(std::chrono::nanoseconds x) {
    return std::chrono::duration<double>{x}.count();
  }

  histogram& job_stage(neurocards::job_stage) const;
  histogram& job(bool completed) const; // from the order to the end
  histogram& update_reply() const;      // from the update to Telegram's having its reply
  histogram& message_delivery() const;  // from the row to Telegram's having the message
  histogram& timer_lag() const;         // how late the wheel turns

  // ── to be kept: finding them takes a lock and a search ──
  histogram& http_request(std::string_view agent, std::string_view operation,
                          std::string_view outcome) const;
  histogram& db_request(std::string_view kind) const;
  histogram& endpoint(std::string_view route, std::string_view code) const;

private:
  using histograms = caf::telemetry::metric_family_impl<histogram>;

  std::array<histogram*, job_stage_names.size()> job_stages_{};
  std::array<histogram*, 2> jobs_{}; // failed, completed
  histogram* update_reply_;
  histogram* message_delivery_;
  histogram* timer_lag_;
  histograms* http_requests_;
  histograms* db_requests_;
  histograms* endpoints_;
};

} // namespace neurocards
