#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::chaos {

/// The public address in front of several nodes: each connection goes to the next node that takes
/// it, as a plain TCP balancer does. Knows nothing of HTTP; a node that hangs makes its clients
/// wait.
class balancer {
public:
  /// Listens on loopback at once. `ports`: of the nodes there.
  explicit balancer(std::vector<uint16_t> ports);
  ~balancer();
  balancer(const balancer&) = delete;
  balancer& operator=(const balancer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
  struct pipe {
    std::thread thread;
    std::atomic<bool> ended = false;
  };

  void accept_all();
  void carry(pipe&, int client, int node);
  int connect_next();

  std::vector<uint16_t> ports_;
  size_t next_ = 0;
  int door_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::list<pipe> pipes_; // one per connection
  std::thread thread_;
};

} // namespace neurocards::chaos
