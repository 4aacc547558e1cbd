#pragma once

#include "actors/metrics.hpp"
#include "base/changing.hpp"
#include "base/log.hpp"
#include "node/http/cluster_series.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neurocards {

/// The gauges of the whole cluster, set from what `status_snapshot` returned. Figures that stand
/// still say so: their age is a gauge of its own, the log has an error, and after half a minute
/// they are not to be shown any more.
class cluster_figures {
public:
  using time_point = std::chrono::steady_clock::time_point;

  cluster_figures(metrics to, time_point now, changing<known_names> names = known_names{})
    : to_(to), since_(now), names_(std::move(names)) {}

  /// The database answered, as JSON.
  void on_snapshot(const std::string& text, time_point now);

  /// It did not.
  void on_failure(const std::string& reason, time_point now);

  /// The names of the families that must not be shown now, as they stand in Prometheus' text.
  std::vector<std::string_view> hidden(time_point now) const;

  /// Families beside the gauges in the registry, as Prometheus text; empty while hidden.
  std::string series(time_point now) const { return is_fresh(now) ? series_ : std::string{}; }

private:
  bool is_fresh(time_point now) const;

  metrics to_;
  time_point since_; // of the node's start
  changing<known_names> names_;
  std::optional<time_point> shown_from_; // when the figures were read
  std::string series_;
  log::limiter failures_;
};

} // namespace neurocards
