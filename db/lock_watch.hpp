#pragma once

#include "db/connection.hpp"
#include "db/wait_socket.hpp"

#include <mutex>
#include <string>
#include <thread>

namespace neurocards::db {

/// Tells whom a connection waits for, while it waits: on a connection and a thread of its own,
/// because the one that waits can say nothing.
class lock_watch {
public:
  /// `pid`: the watched connection's server process.
  lock_watch(connection_config, int pid);
  lock_watch(const lock_watch&) = delete;
  lock_watch& operator=(const lock_watch&) = delete;
  ~lock_watch();

  /// Whom it was seen waiting for last, for a person to read; "nobody it could see" at first.
  std::string seen() const;

private:
  void run() noexcept;
  void watch();

  connection_config config_;
  int pid_;
  stop_event stop_;
  mutable std::mutex mutex_;
  std::string seen_ = "nobody it could see";
  std::thread thread_;
};

} // namespace neurocards::db
