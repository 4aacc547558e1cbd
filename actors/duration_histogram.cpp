#include "actors/duration_histogram.hpp"

namespace neurocards {

void duration_histogram::add(const duration_histogram& other) {
  for (size_t i = 0; i < steps_.size(); ++i)
    steps_[i] += other.steps_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

int64_t duration_histogram::quantile(double part) const {
  const auto rank = static_cast<int64_t>(part * static_cast<double>(count_));
  int64_t seen = 0;
  for (size_t i = 0; i < steps_.size(); ++i)
    if (seen += steps_[i]; seen > rank || (seen == count_ && count_ > 0))
      return std::min(end_of_step(i), max_);
  return 0;
}

int64_t duration_histogram::end_of_step(size_t step) {
  if (step == 0)
    return int64_t{1} << unit_bits;
  const auto power = (step - 1) / 4;
  const auto quarters = 5 + (step - 1) % 4;
  return static_cast<int64_t>((quarters << power) << (unit_bits - 2));
}

} // namespace neurocards
