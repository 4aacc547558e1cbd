#pragma once

#include <chrono>

namespace neurocards {

/// How many messages of a broadcast may be written now, so that they come at a given rate. What was
/// not written in time is not made up for, but for a quarter of a second: after a pause they come
/// no faster.
class news_pace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Messages per second.
  explicit news_pace(double rate) : rate_(rate) {}

  /// From now on; the first message is due at once.
  void begin(time_point now) {
    allowed_ = 1;
    counted_ = now;
  }

  void set_rate(double rate) { rate_ = rate; }

  int due(time_point now) {
    const std::chrono::duration<double> passed = now - counted_;
    counted_ = now;
    const double most = rate_ > 4 ? rate_ / 4 : 1;
    allowed_ = allowed_ + passed.count() * rate_;
    if (allowed_ > most)
      allowed_ = most;
    return static_cast<int>(allowed_);
  }

  /// So many were written.
  void count(int messages) { allowed_ -= messages; }

private:
  double rate_;
  double allowed_ = 0;
  time_point counted_{};
};

} // namespace neurocards
