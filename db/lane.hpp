#pragma once

#include "base/log.hpp"
#include "db/scheduler.hpp"

#include <atomic>
#include <thread>

namespace neurocards::db {

/// One thread with one connection: takes batches from the scheduler and runs them, reconnecting
/// with growing, jittered pauses while the database is away.
class lane {
public:
  lane(connection_config, scheduler&, watchdog&, way);
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  /// Waits for the batch in hand; `scheduler::stop` comes first.
  ~lane();

  bool connected() const { return connected_; }
  uint64_t connections_lost() const { return connections_lost_; }

private:
  void run();
  bool reconnect();
  void work(scheduler::task);
  batch_outcome run(scheduler::task&);

  scheduler& scheduler_;
  way way_;
  session session_;
  std::atomic<bool> connected_ = false;
  std::atomic<uint64_t> connections_lost_ = 0;
  int failed_connects_ = 0;
  steady_time worked_; // when it did last
  log::limiter waits_; // times in a row that something was locked
  std::thread thread_;
};

} // namespace neurocards::db
