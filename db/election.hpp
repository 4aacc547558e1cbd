#pragma once

#include "db/connection.hpp"
#include "db/wait_socket.hpp"
#include "db/watchdog.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace neurocards::db {

class candidate;

struct election_config {
  connection_config connection;
  std::chrono::milliseconds interval{1'000};      // between two tries, and two proofs of leadership
  std::chrono::milliseconds answer_within{2'000}; // a proof that takes longer is no proof

  /// Told of every failure of the connection, which all roles share.
  std::function<void()> failed{};
};

/// Competes for the leadership of roles, all of a process on one connection: each is a lock of
/// PostgreSQL that ends with it. One statement per interval proves all that are held and tries for
/// all that are not. Leaders whose connection is cut know within `interval + answer_within` (at
/// once if the server hung up); the server frees the locks of a silent peer only after ten seconds
/// (db/connection), so that the old leaders have stopped when the next ones start. A frozen process
/// is thrown out by the server when it has proved nothing for twice that time. A server that takes
/// no writes (a standby, a read-only primary) makes no leader and keeps none.
class election {
public:
  explicit election(election_config);
  election(const election&) = delete;
  election& operator=(const election&) = delete;

  /// All leaders have ended by then.
  ~election();

  void join(std::shared_ptr<candidate>);

  /// Returns when it has given up what it had, and hears nothing any more.
  void leave(const candidate&);

private:
  using candidates = std::vector<std::shared_ptr<candidate>>;

  void run();
  bool wait_for_candidates();
  void compete();
  std::unique_ptr<pqxx::connection> open();
  void work(pqxx::connection&);
  void on_failed(const std::string& error);
  bool pause(std::chrono::milliseconds);
  void release_leaving();
  void forget(const candidate&);
  candidates present() const;
  bool ending() const;

  election_config config_;
  watchdog dog_;
  stop_event changed_; // somebody joins or leaves, or the end has come
  mutable std::mutex mutex_;
  std::condition_variable gone_;
  candidates all_;
  std::vector<const candidate*> leaving_;
  bool connecting_ = false; // the thread knows no candidate now, and may be long in coming round
  bool ending_ = false;
  int failures_ = 0;
  std::thread thread_; // last: started when all else stands
};

} // namespace neurocards::db
