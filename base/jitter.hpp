#pragma once

#include <chrono>
#include <cstdint>

namespace neurocards {

/// `interval` stretched or shrunk by up to a tenth, so that what starts together drifts apart.
std::chrono::nanoseconds with_jitter(std::chrono::nanoseconds interval);

/// A uniform number in [0, 1) from a generator of the calling thread.
double random_fraction();

} // namespace neurocards
