#pragma once

#include <cstdint>

namespace neurocards::bench {

/// How much is measured. Set before the first measurement and not changed after it.
struct extent {
  int rounds = 3;                     // medians of which are reported
  bool is_quick = false;              // everything small and once: figures mean nothing then
  int64_t finished_jobs = 10'000'000; // of the big history
  int64_t known_users = 1'000'000;    // likewise
  int live_conversations = 100'000;   // likewise
};

inline extent& chosen_extent() {
  static extent result;
  return result;
}

/// Medians of so many rounds are reported.
inline int rounds() {
  return chosen_extent().rounds;
}

/// How much of something: what figures need, or what shows that it works at all.
inline int sized(int whole, int quick) {
  return chosen_extent().is_quick ? quick : whole;
}

} // namespace neurocards::bench
