#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace neurocards::db {

/// Cuts connections whose peer accepts a question and never answers (a frozen server, a dead
/// network): libpq would wait for ever. One thread for all connections of its owner.
class watchdog {
  struct entry {
    int socket;
    std::chrono::steady_clock::time_point deadline;
  };
  using entries = std::list<entry>;

public:
  /// Stands for one guarded call; ends the guard when destroyed.
  class guard {
  public:
    guard(watchdog& owner, entries::iterator entry) : owner_(owner), entry_(entry) {}
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard() { owner_.disarm(entry_); }

  private:
    watchdog& owner_;
    entries::iterator entry_;
  };

  watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog();

  /// Shuts `socket` down unless the guard ends within `patience` (to a tenth of a second).
  [[nodiscard]] guard arm(int socket, std::chrono::milliseconds patience);

private:
  void run();
  void cut_overdue();
  void disarm(entries::iterator);

  std::mutex mutex_;
  std::condition_variable wake_;
  entries armed_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace neurocards::db
