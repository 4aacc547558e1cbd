#pragma once

#include "node/http/metric_values.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <optional>

namespace neurocards {

/// The last values of one series, one for each step of time; older ones are overwritten. Most
/// series of a node hardly change: they are kept as changes, until they are too many.
class series_ring {
public:
  explicit series_ring(size_t length) : length_(static_cast<int64_t>(length)) {}

  /// The value of a step; steps only grow. Those left out have none.
  void set(int64_t step, double value);

  /// From the oldest kept, but not before `first`: steps that have a value.
  std::vector<std::pair<int64_t, double>> since(int64_t first) const;

private:
  /// From this step on it is the value, until the next change.
  struct change {
    int64_t step = 0;
    double value = 0;
  };

  static constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

  size_t place(int64_t step) const { return static_cast<size_t>(step) % values_.size(); }
  int64_t oldest() const { return std::max<int64_t>(*last_ - length_ + 1, 0); }
  void note(int64_t step, double value);
  void forget_old_changes();
  void write_out();
  std::vector<std::pair<int64_t, double>> changes_since(int64_t first) const;

  int64_t length_;
  std::vector<change> changes_; // ascending; empty once `values_` are kept
  std::vector<double> values_;
  std::optional<int64_t> last_;
};

/// The history of all series of a node: every second for five minutes, every 15 s for four hours.
/// Bounded; time comes as an argument.
class series_history {
public:
  using seconds = std::chrono::seconds;

  static constexpr seconds longest_past = std::chrono::hours{4};
  static constexpr size_t most_series = 1500; // 10 KB each at most

  /// What the metrics are at `time`, in Unix time. To be called once a second at most.
  void add(const metric_values& values, seconds time);

  struct answer {
    seconds step{};
    std::vector<std::pair<int64_t, double>> points; // Unix seconds
  };

  /// The finest history that reaches back for `since`. A name that is not known has no points.
  answer read(const std::string& name, seconds since, seconds now) const;

  /// Those of histograms from the start, also before anything was observed.
  std::vector<std::string> names() const;

  /// How many series were not kept because there are too many.
  size_t left_out() const { return left_out_; }

private:
  struct resolution {
    seconds step;
    size_t length;
    metric_values before{};
    std::optional<seconds> before_time{};
    std::map<std::string, series_ring> rings{};
  };

  void record(resolution& to, const metric_values& values, seconds time);
  static series_ring* ring_of(resolution& to, const std::string& name);

  std::array<resolution, 2> resolutions_{{{seconds{1}, 300}, {seconds{15}, 960}}};
  size_t left_out_ = 0;
};

} // namespace neurocards
