#pragma once

#include <netinet/in.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::test {

/// What stands before the nodes of an installation: one address for all of them. Passes each
/// connection on to the next node that takes it, and closes it when none does.
class front {
public:
  /// Listens on an address of this host, as numbers.
  explicit front(std::string address = "127.0.0.1");
  ~front();
  front(const front&) = delete;
  front& operator=(const front&) = delete;

  std::string url() const { return "http://" + address_ + ":" + std::to_string(port_); }

  /// Where a node listens; all are tried in turn.
  void add(uint16_t port, const std::string& address = "127.0.0.1");

private:
  struct pipe {
    std::thread thread;
    std::atomic<bool> ended = false;
  };

  void accept_all();
  void join_ended();
  int connect_to_next();
  void pass(int client, int node);
  void forget(int client, int node);

  std::string address_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::mutex mutex_; // guards all below
  std::vector<sockaddr_in> nodes_;
  size_t next_ = 0;
  std::vector<int> open_;
  std::list<pipe> pipes_; // one per connection
  std::thread acceptor_;
};

} // namespace neurocards::test
