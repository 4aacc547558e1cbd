#pragma once

#include "node/http/metric_values.hpp"

#include <chrono>
#include <optional>

namespace neurocards {

/// How often a node reads its own metrics for their history, which costs some milliseconds: every
/// second while somebody asks for that history or there is work, else every 15 s. Work shows when
/// the metrics are read, so that its first seconds are told in one.
class series_pace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds busy_step{1};
  static constexpr std::chrono::seconds idle_step{15};
  static constexpr std::chrono::minutes patience{1}; // after the last question or piece of work

  void on_question(time_point now) { since_ = now; }
  void on_reading(const metric_values&, time_point now);

  /// From one reading to the next.
  std::chrono::seconds step(time_point now) const {
    return since_ && now - *since_ < patience ? busy_step : idle_step;
  }

private:
  std::optional<double> done_; // work in all, as it was read last
  std::optional<time_point> since_;
};

} // namespace neurocards
