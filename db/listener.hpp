#pragma once

#include "db/connection.hpp"
#include "db/wait_socket.hpp"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::db {

struct listener_config {
  connection_config connection;
  std::vector<std::string> channels; // "jobs": work is due; "outbox": notifications wait

  /// Told of every try to listen: why it failed, or nothing.
  std::function<void(const std::string& error)> told{};

  /// Called at every (re)connect, instead of the callback for each channel; may be empty.
  std::function<void()> connected{};
};

/// Listens for NOTIFY on a connection and a thread of its own. A notification only makes things
/// faster: whoever hears must also ask by the clock. After every (re)connect the callback is
/// called once per channel (or `connected`), because what was notified in between was not heard.
class listener {
public:
  /// Called on the listener's thread.
  using callback = std::function<void(const std::string& channel)>;

  listener(listener_config, callback);
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener();

private:
  void run();
  void listen();

  listener_config config_;
  callback heard_;
  stop_event stop_;
  int failures_ = 0;
  std::thread thread_;
};

} // namespace neurocards::db
