#pragma once

#include <chrono>
#include <cstdint>

namespace neurocards::sandbox {

using milliseconds = std::chrono::milliseconds;

/// The time by which lives are measured (of updates, links, pre-checkout queries). It can run
/// faster than the real one and be put forward, so that a test need not wait a day.
class scaled_clock {
public:
  /// Unix milliseconds.
  int64_t now() const {
    const auto passed = std::chrono::duration<double, std::milli>(steady::now() - since_).count();
    return base_ + static_cast<int64_t>(passed * scale_);
  }

  void set_scale(double scale) {
    base_ = now();
    since_ = steady::now();
    scale_ = scale;
  }

  void advance(milliseconds by) { base_ += by.count(); }

  /// How long to wait in reality until `x` of this clock's time has passed.
  milliseconds real(milliseconds x) const {
    return milliseconds{static_cast<int64_t>(static_cast<double>(x.count()) / scale_)};
  }

private:
  using steady = std::chrono::steady_clock;

  int64_t base_ =
    std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
  steady::time_point since_ = steady::now();
  double scale_ = 1;
};

/// Unix milliseconds of the real clock.
inline int64_t real_now() {
  return std::chrono::duration_cast<milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace neurocards::sandbox
