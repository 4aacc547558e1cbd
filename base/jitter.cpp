#include "base/jitter.hpp"

#include <random>

namespace neurocards {

double random_fraction() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>{0.0, 1.0}(generator);
}

std::chrono::nanoseconds with_jitter(std::chrono::nanoseconds interval) {
  const double factor = 0.9 + 0.2 * random_fraction();
  return std::chrono::nanoseconds{
    static_cast<int64_t>(static_cast<double>(interval.count()) * factor)};
}

} // namespace neurocards
