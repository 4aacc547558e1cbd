#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace neurocards::bench {

/// Runs something once a second on a thread of its own, until it goes out of scope.
class repeated {
public:
  /// Empty: nothing runs.
  explicit repeated(std::function<void()> work) {
    if (work)
      thread_ = std::jthread{[this, work = std::move(work)](const std::stop_token& stop) {
        std::unique_lock hold{mutex_};
        while (!stop.stop_requested()) {
          work();
          wake_.wait_for(hold, stop, std::chrono::seconds{1}, [] { return false; });
        }
      }};
  }

private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_; // last: it ends before what it waits with
};

} // namespace neurocards::bench
