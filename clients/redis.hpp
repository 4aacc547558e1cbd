#pragma once

#include "base/secret.hpp"
#include "clients/resolver.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Redis is only told that we are alive. Nothing reads it for correctness and nobody waits for it.
namespace neurocards::redis {

struct address {
  std::string host;
  int port = 6379;
  std::string user; // empty: the default user
  secret password;  // empty: none
  int database = 0;
  bool tls = false;
  bool verify = true;                 // the server's certificate
  std::vector<std::string> ignored{}; // names of parameters that mean nothing to us
};

/// Reads redis://[user:password@]host[:port][/db][?parameters], rediss:// for TLS; nullopt for
/// anything else. Percent-encoding in user and password is decoded. Parameters: db, ssl_cert_reqs;
/// others are ignored.
std::optional<address> parse_url(std::string_view url);

/// Writes heartbeats from a thread of its own, each with a lifetime, and reconnects with growing
/// pauses (1 s to 30 s). A beat that cannot be delivered is dropped: the next one says the same.
class beacon {
public:
  explicit beacon(address, std::chrono::milliseconds timeout = std::chrono::milliseconds{1000},
                  resolver::lookup = resolver::ask_system);

  /// Drops what is waiting; returns within the time-out of the step that is under way.
  ~beacon();

  beacon(const beacon&) = delete;
  beacon& operator=(const beacon&) = delete;

  /// SETEX key life value. Thread-safe, returns at once; only the newest beat waits.
  void beat(std::string key, std::string value, std::chrono::seconds life);

  /// Whether the last attempt reached Redis. False before the first.
  bool healthy() const;

  /// Why not; empty when healthy.
  std::string last_error() const;

private:
  class worker;
  std::unique_ptr<worker> worker_;
};

/// For `neurocards check`: does once what a beacon does, with a key that is gone after a second. A
/// server may answer other questions and refuse that (a replica, rights, no memory). Blocks for at
/// most `timeout` per step. Empty: all well; otherwise what went wrong.
std::string try_beat(const address&, std::chrono::milliseconds timeout);

} // namespace neurocards::redis
