#pragma once

#include "actors/metrics.hpp"
#include "actors/recent_figures.hpp"
#include "db/connection.hpp"
#include "db/wait_socket.hpp"

#include <memory>
#include <mutex>
#include <thread>

namespace neurocards {

/// Proves the promises on the running database from time to time, on a connection and a thread of
/// its own: what is broken is logged, counted by the gauge `promises_broken`, and kept in the
/// database for `status`. Reads whole tables, hence rarely.
class auditor {
public:
  struct config {
    db::connection_config connection;
    std::chrono::milliseconds lease{0};
    std::chrono::milliseconds interval{0};      // 0: never
    std::shared_ptr<recent_figures> shown = {}; // when it succeeded last; null: nobody is told
  };

  auditor(config, metrics);
  auditor(const auditor&) = delete;
  auditor& operator=(const auditor&) = delete;

  /// Breaks off an audit under way.
  ~auditor();

private:
  void run();
  void audit();
  void watch(int socket);

  config config_;
  metrics counts_;
  db::stop_event stop_;
  std::mutex mutex_;
  int socket_ = -1; // of the audit under way: what the destructor hangs up
  std::thread thread_;
};

} // namespace neurocards
