#pragma once

#include "protocol/actors.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace neurocards {

/// Makes a coordinator reachable for other nodes at its entry's host and port, with mutual TLS.
/// Without certificates only this machine can reach it. Keeps trying while the port is taken; ends
/// with the object. An entry without a port publishes nothing.
class publication {
public:
  publication(caf::actor_system&, coordinator_actor, const config::node&, const config::tls&);
  ~publication();

  publication(const publication&) = delete;
  publication& operator=(const publication&) = delete;

private:
  bool publish();
  void unpublish();
  void keep_trying();

  caf::actor_system& sys_;
  coordinator_actor coordinator_;
  std::string host_;
  uint16_t port_;
  bool tls_;
  bool published_ = false;
  int failures_ = 0;
  bool stopping_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_; // only while the port is taken
};

/// Whether a node has what mutual TLS needs.
bool has_certificates(const config::tls&);

/// Where a node's coordinator listens: its host, or loopback when it has no certificates.
std::string listening_host(const config::node&, const config::tls&);

} // namespace neurocards
