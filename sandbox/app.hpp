#pragma once

#include "base/http_server.hpp"
#include "sandbox/settings.hpp"

#include <atomic>
#include <memory>

namespace neurocards::sandbox {

/// The simulated services on one port.
class app {
public:
  struct config {
    std::string host = "127.0.0.1";
    uint16_t port = 8081;  // 0: any free one
    std::string directory; // for files; empty: a temporary one, removed at the end
    settings initial{};
  };

  /// Throws std::runtime_error when it cannot listen or write.
  explicit app(config cfg);
  ~app();

  uint16_t port() const;

  /// "http://host:port"
  std::string address() const;

private:
  struct parts;

  void route(const http_server::request& req, http_server::responder r);

  config config_;
  bool temporary_ = false;
  std::atomic<bool> ready_ = false;     // false: the server's thread has to wait for the rest
  std::unique_ptr<http_server> server_; // made after and destroyed after what it serves
  std::unique_ptr<parts> parts_;
};

} // namespace neurocards::sandbox
