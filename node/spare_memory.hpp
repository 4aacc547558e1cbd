#pragma once

#include <cstddef>

namespace neurocards {

/// Memory that is resident beyond what is in use and what programs and libraries are, of which so
/// much may stay: it is asked for again with the next orders.
constexpr size_t spare_memory_kept = size_t{96} << 20;

/// Whether so much is left over from a burst that it is worth the search.
constexpr bool is_much_spare(size_t resident, size_t in_use) {
  return resident > in_use && resident - in_use > spare_memory_kept;
}

/// Gives the system back what a burst has left behind: glibc keeps what was freed, in a pool of
/// each thread, for as long as the process lives, and jemalloc what belongs to threads that sleep.
/// May take some ten milliseconds.
void give_spare_memory_back();

} // namespace neurocards
