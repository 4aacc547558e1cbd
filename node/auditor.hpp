#pragma once

#include "actors/metrics.hpp"
#include "db/connection.hpp"
#include "db/wait_socket.hpp"

#include <memory>
#include <mutex>
#include <thread>

namespace neurocards {

/// Proves the promises on the running database from time to time, on a connection and a thread of
/// its own: what is broken is logged, and counted by the gauge `promises_broken`. Reads whole
/// tables, hence rarely.
class auditor {
public:
  struct config {
    db::connection_config connection;
    std::chrono::milliseconds lease{0};
    std::chrono::milliseconds interval{0}; // 0: never
  };

  auditor(config, metrics);
  auditor(const auditor&) = delete;
  auditor& operator=(const auditor&) = delete;

  /// Breaks off an audit under way.
  ~auditor();

private:
  void run();
  void audit();
  std::shared_ptr<pqxx::connection> open();

  config config_;
  metrics counts_;
  db::stop_event stop_;
  std::mutex mutex_;
  std::shared_ptr<pqxx::connection> busy_; // what the destructor interrupts
  std::thread thread_;
};

} // namespace neurocards
