#pragma once

#include "clients/storage.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace neurocards::storage {

/// A thread for blocking disk work, so that no actor and no http engine waits for a disk; or a few,
/// which do several tasks at once. Only then are tasks not done in the order of their submission.
class file_worker {
public:
  /// Called once per task, on the thread that did it.
  using callback = std::function<void(result)>;

  explicit file_worker(size_t capacity = 10'000, size_t threads = 1);

  /// `finish`.
  ~file_worker();

  file_worker(const file_worker&) = delete;
  file_worker& operator=(const file_worker&) = delete;

  /// Thread-safe. With `capacity` tasks waiting the answer is `fault::unavailable` at once, from
  /// the caller's thread.
  void submit(std::function<result()> task, callback done);

  /// Does what was submitted, then joins. What is submitted later is `fault::unavailable`. To be
  /// called before what callbacks use is gone, but not by one of them.
  void finish();

private:
  struct job {
    std::function<result()> task;
    callback done;
  };

  void run();

  size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace neurocards::storage
