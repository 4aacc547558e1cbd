#pragma once

#include "actors/recent_figures.hpp"
#include "db/connection.hpp"
#include "db/wait_socket.hpp"

#include <memory>
#include <mutex>
#include <thread>

namespace neurocards {

/// Proves the promises on the running database from time to time, on a connection and a thread of
/// its own: what is broken is logged, kept in the database for `status`, and counted by the gauge
/// `promises_broken`, which there is only once an audit has succeeded. Reads whole tables, hence
/// rarely.
class auditor {
public:
  struct config {
    db::connection_config connection;
    std::chrono::milliseconds lease{0};
    std::chrono::milliseconds interval{0}; // 0: never
    // How many rows it found, and when it succeeded last; null: nobody is told.
    std::shared_ptr<recent_figures> shown = {};
  };

  explicit auditor(config);
  auditor(const auditor&) = delete;
  auditor& operator=(const auditor&) = delete;

  /// Breaks off an audit under way.
  ~auditor();

private:
  void run();
  void audit();
  void watch(int socket);

  config config_;
  db::stop_event stop_;
  std::mutex mutex_;
  int socket_ = -1; // of the audit under way: what the destructor hangs up
  std::thread thread_;
};

} // namespace neurocards
