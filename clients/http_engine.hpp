#pragma once

#include "protocol/http.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace neurocards::storage {
class file_worker;
} // namespace neurocards::storage

namespace neurocards::http {

/// When the thread of an engine last came round, by the steady clock. It does so several times a
/// second, unless it is stuck.
using pulse = std::atomic<std::chrono::steady_clock::duration>;

/// How the engine behaves towards all servers. The four lanes (see `engine`) have caps of their
/// own.
struct engine_config {
  /// KIE's front refuses requests without one, and those of bare libraries.
  std::string user_agent = "Mozilla/5.0 (compatible; Neurocards/1.0)";
  std::string ca_file{};          // empty: the system's certificates
  int connections_per_host = 128; // HTTP/1.1, small requests
  int streams_per_host = 1024;    // small requests at once to a host that speaks HTTP/2
  int urgent_connections_per_host = 32;
  int bulk_connections_per_host = 16; // with files, and as many streams of HTTP/2
  int transfers = 4096;               // at once per lane, whatever the host
  int waiting = 200'000;              // further requests are answered `not_started` at once
  std::chrono::seconds dns_cache{120};
  std::shared_ptr<storage::file_worker> disk{}; // null: a thread of its own for what is saved
  std::shared_ptr<pulse> beats{};               // null: nobody watches

  /// Told whenever a new connection is complete, TLS included; on the engine's thread. Must neither
  /// block nor throw.
  std::function<void()> connected{};
};

/// A moment's figures, for metrics.
struct engine_counters {
  uint64_t submitted = 0;
  uint64_t finished = 0;
  uint64_t answered = 0;    // of those finished
  uint64_t connections = 0; // opened since the start
  int64_t in_flight = 0;
  int64_t waiting = 0; // for a free connection
};

/// Carries out HTTP exchanges on one thread of its own (libcurl's multi interface over epoll), with
/// kept connections and HTTP/2 over TLS. Four lanes do not wait for each other: urgent requests,
/// small ones (long polls included), those with files, and those that may not reach private
/// addresses; the last have connections of their own, so that none is inherited.
///
/// What is saved to a file is written by a disk thread; a transfer whose file cannot keep up
/// pauses, and no other. A download that is cut goes on where it was if the server vouches that the
/// file is still the same (ETag or Last-Modified), within its time limit.
///
/// A POST is sent at most once: libcurl's silent second try on a connection that turned out dead is
/// suppressed and answered `interrupted`. URLs and header values are never logged.
class engine {
public:
  /// Called once per request, on the engine's thread; must neither block nor throw.
  using callback = std::function<void(response)>;

  explicit engine(engine_config = {});

  /// Answers everything that is pending (`interrupted` where sending had started) and joins.
  ~engine();

  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Thread-safe. Returns the number that `cancel` takes.
  uint64_t submit(request, callback done);

  /// Thread-safe. Ends the exchange if it has not ended yet; `done` hears of it as of any other
  /// end.
  void cancel(uint64_t number);

  engine_counters counters() const;

private:
  class loop;
  std::unique_ptr<loop> loop_;
};

} // namespace neurocards::http
