#pragma once

#include <atomic>
#include <thread>

namespace neurocards {

/// Hears SIGTERM and SIGINT while a node starts: whatever the start waits for (a database, a lock,
/// a name server), the process ends within two seconds. Nothing is at hand then that could be lost.
/// The signals must be blocked in all threads.
class start_watch {
public:
  start_watch();

  /// Stops listening: whoever waits for signals next gets them.
  ~start_watch();

  start_watch(const start_watch&) = delete;
  start_watch& operator=(const start_watch&) = delete;

  /// From now on the node may hold work: it has two seconds to come round and drain.
  void node_is_made() { made_ = true; }

  /// Stops listening; returns the signal that was heard, 0 for none.
  int stop();

private:
  void run();

  int signals_;
  int wake_;
  std::atomic<bool> made_ = false;
  std::atomic<int> heard_ = 0;
  std::thread thread_;
};

} // namespace neurocards
