#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace neurocards {

/// Durations in nanoseconds, counted in steps of a quarter of their power of two: a quantile is at
/// most a quarter too long. Not safe to use from several threads.
class duration_histogram {
public:
  void add(int64_t ns) {
    ++steps_[step_of(ns)];
    ++count_;
    max_ = std::max(max_, ns);
  }

  void add(const duration_histogram& other);

  int64_t count() const { return count_; }
  int64_t max() const { return max_; }

  /// So long at most lasted that part of them; 0 when there are none.
  int64_t quantile(double part) const;

private:
  static constexpr int unit_bits = 10; // the first step ends at a microsecond

  static size_t step_of(int64_t ns) {
    const auto units = static_cast<uint64_t>(std::max<int64_t>(ns, 0)) >> unit_bits;
    if (units == 0)
      return 0;
    const auto power = static_cast<size_t>(std::bit_width(units)) - 1;
    return std::min(1 + 4 * power + (((units << 2) >> power) & 3), last_step);
  }

  static int64_t end_of_step(size_t step);

  static constexpr size_t last_step = 127; // half an hour and longer
  std::array<uint32_t, last_step + 1> steps_{};
  int64_t count_ = 0;
  int64_t max_ = 0;
};

} // namespace neurocards
