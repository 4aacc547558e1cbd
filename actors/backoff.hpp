#pragma once

#include "base/jitter.hpp"

#include <algorithm>

namespace neurocards {

/// How long to wait before the next try after `failures` in a row: `first`·2^(failures-1), at most
/// `longest`, then stretched or shrunk by up to a tenth.
inline std::chrono::nanoseconds backoff(int failures, std::chrono::nanoseconds first,
                                        std::chrono::nanoseconds longest) {
  const int doublings = std::clamp(failures - 1, 0, 20);
  return with_jitter(std::min(first * (int64_t{1} << doublings), longest));
}

/// What repeats is logged the first time and at every power of two.
inline bool worth_a_line(int failures) {
  return (failures & (failures - 1)) == 0;
}

} // namespace neurocards
