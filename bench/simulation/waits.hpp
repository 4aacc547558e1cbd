#pragma once

#include "bench/simulation/agenda.hpp"

#include <array>

namespace neurocards::simulation {

/// Many waits in little room: each is kept within 2 % of its length, from a millisecond to a day.
class waits {
public:
  void add(duration);

  size_t count() const { return count_; }

  /// In seconds; 0 of none.
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

  /// The length, in seconds, below which `part` (0 … 1) of them lie; 0 of none.
  double quantile(double part) const;

private:
  static constexpr double first = 1e-3; // seconds
  static constexpr double growth = 1.02;
  static constexpr size_t kinds = 925; // up to 24 h

  std::array<size_t, kinds> lengths_{};
  size_t count_ = 0;
  double sum_ = 0;
};

} // namespace neurocards::simulation
