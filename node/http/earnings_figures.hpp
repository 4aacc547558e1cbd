#pragma once

#include "domain/earnings.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace neurocards {

/// Cost, income and margin of the day, per model, as Prometheus text. Figures that could not be
/// read for half a minute are not shown.
class earnings_figures {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The database answered, as JSON.
  void on_snapshot(const std::string& snapshot, time_point now);

  /// The families; without a sample while nothing is known or was made today.
  std::string text(time_point now) const;

private:
  std::vector<day_earnings> today_;
  std::optional<time_point> as_of_;
};

} // namespace neurocards
