#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::testing {

/// What stands before the nodes of an installation: one address for all of them. Passes each
/// connection on to the next node that takes it, and closes it when none does.
class front {
public:
  front();
  ~front();
  front(const front&) = delete;
  front& operator=(const front&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// A node's port on loopback; all are tried in turn.
  void add(uint16_t port);

private:
  void accept_all();
  int connect_to_next();
  void pass(int client, int node);
  void forget(int client, int node);

  int listener_ = -1;
  uint16_t port_ = 0;
  std::mutex mutex_; // guards all below
  std::vector<uint16_t> nodes_;
  size_t next_ = 0;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

} // namespace neurocards::testing
