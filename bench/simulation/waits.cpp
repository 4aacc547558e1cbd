#include "bench/simulation/waits.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards::simulation {

void waits::add(duration length) {
  const double x = seconds(length);
  const double kind = x <= first ? 0 : std::ceil(std::log(x / first) / std::log(growth));
  ++lengths_[std::min(static_cast<size_t>(kind), kinds - 1)];
  ++count_;
  sum_ += x;
}

double waits::quantile(double part) const {
  if (count_ == 0)
    return 0;
  const auto wanted = static_cast<size_t>(part * static_cast<double>(count_ - 1));
  size_t passed = 0;
  size_t kind = 0;
  while (kind + 1 < kinds && passed + lengths_[kind] <= wanted)
    passed += lengths_[kind++];
  return kind == 0 ? 0 : first * std::pow(growth, static_cast<double>(kind) - 0.5);
}

} // namespace neurocards::simulation
