#include "domain/time_ordered.hpp"

namespace neurocards {

uuid time_ordered(uuid random, std::chrono::system_clock::time_point now) {
  const auto milliseconds = static_cast<uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (size_t i = 0; i < 6; ++i)
    random.bytes.at(i) = static_cast<uint8_t>(milliseconds >> (8 * (5 - i)));
  return random;
}

} // namespace neurocards
