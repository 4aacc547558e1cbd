#pragma once

#include <atomic>
#include <chrono>

namespace neurocards {

/// Whether a service answers this process: for how long every request to it has gone without any
/// answer. Thread-safe.
class contact {
public:
  using clock = std::chrono::steady_clock;

  void answered() noexcept { silent_since_ = never; }

  /// A request was not answered: no connection, or it was cut or timed out.
  void missed(clock::time_point at = clock::now()) noexcept {
    auto expected = never;
    silent_since_.compare_exchange_strong(expected, at.time_since_epoch());
  }

  /// Since the first miss after the last answer; zero without one.
  std::chrono::milliseconds silence(clock::time_point now = clock::now()) const noexcept {
    const auto since = silent_since_.load();
    return since == never ? std::chrono::milliseconds{0}
                          : std::chrono::duration_cast<std::chrono::milliseconds>(
                            now.time_since_epoch() - since);
  }

private:
  static constexpr clock::duration never = clock::duration::min();

  std::atomic<clock::duration> silent_since_{never};
};

} // namespace neurocards
