#pragma once

#include "protocol/config.hpp"

#include <chrono>

namespace neurocards {

/// How often one chat may do something in a window of time, which begins with the first of it. Kept
/// in memory only: who begins anew with another node has not gained much.
class allowance {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class verdict : uint8_t {
    granted,
    first_refused, // in its window: this is told
    refused,
  };

  /// `most` 0: any number.
  allowance(int most, config::duration window) : most_(most), window_(window) {}

  /// From now on, of what was asked before as well.
  void limit(int most) { most_ = most; }

  verdict ask(time_point now);

  /// Whether much of it is used up, so that it must not be forgotten.
  bool matters(time_point now) const;

private:
  int most_;
  config::duration window_;
  time_point began_;
  int asked_ = 0; // since then; stops counting once it is refused
};

} // namespace neurocards
