#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace neurocards {

/// What `/metrics` says at one moment, by the names of series: those of metrics without
/// `neurocards_` and `_total`, followed by the labels in braces if there are any. What has labels
/// is there without them too, all together. CAF's own metrics are left out.
struct metric_values {
  /// How many observations were up to and including each bound, ascending.
  struct distribution {
    std::vector<std::pair<double, double>> counts;
  };

  std::map<std::string, double> gauges;
  std::map<std::string, double> counters;
  std::map<std::string, distribution> histograms;
};

/// Reads Prometheus' text. What is no line of it is passed over.
metric_values read_metrics(std::string_view text);

/// The names of the series that the histograms can have values in.
std::vector<std::string> quantile_names(const metric_values&);

/// What became of the metrics between two moments: gauges as they are, counters by the second,
/// histograms as `NAME.p50` and `NAME.p95` of what was observed in between, if anything was.
std::map<std::string, double> series_points(const metric_values& before, const metric_values& now,
                                            double seconds);

} // namespace neurocards
