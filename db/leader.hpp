#pragma once

#include "base/uuid.hpp"
#include "db/connection.hpp"
#include "db/wait_socket.hpp"
#include "db/watchdog.hpp"

#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace neurocards::db {

class role_locks;

struct leader_config {
  connection_config connection;
  std::string role;                               // "gateway", "notifier", …: one leader each
  std::chrono::milliseconds interval{1'000};      // between two tries, and two proofs of leadership
  std::chrono::milliseconds answer_within{2'000}; // a proof that takes longer is no proof

  /// Asked of a leader at each proof: whether this process can do the role's work. Empty: it always
  /// can.
  std::function<bool()> able;

  /// Asked of a standby at each try while the leader cannot: whether this process has just shown
  /// that it can. Asked again until it has: it begins what shows it. Empty: it always can.
  std::function<bool()> shows{};
  std::chrono::milliseconds rest{10'000}; // without competing, for who gave up because it cannot

  /// Told of every try to compete: why it failed, or nothing when the lock is had or waited for.
  std::function<void(const std::string& error)> told{};

  /// A name that is locked as long as the connection lasts (`role_locks::hold_name`).
  std::optional<uuid> member{};
};

/// Competes for the leadership of a role: a lock of PostgreSQL that ends with the connection
/// holding it. A leader whose connection is cut knows within `interval + answer_within` (at once if
/// the server hung up); the server frees the lock of a silent peer only after ten seconds
/// (db/connection), so that the old leader has stopped when the next one starts. A frozen leader is
/// thrown out by the server when it has proved nothing for twice that time. A server that takes no
/// writes (a standby, a read-only primary) makes no leader and keeps none. A leader that is not
/// able to do the work ends its term for a standby that has shown to be: when nobody is, it stays.
class leader {
public:
  /// Told on the leader's thread: true, the role is ours; false, it may be somebody else's.
  using callback = std::function<void(bool leads)>;

  leader(leader_config, callback);
  leader(const leader&) = delete;
  leader& operator=(const leader&) = delete;

  /// Gives the leadership up, and says so if it had it.
  ~leader();

private:
  void run();
  std::chrono::milliseconds attempt();
  std::chrono::milliseconds compete();
  std::chrono::milliseconds compete_on(pqxx::connection&, role_locks&);
  bool should_give_way(pqxx::connection&, role_locks&);
  void stand_by(pqxx::connection&, role_locks&);
  void prove(pqxx::connection&);
  void tell(bool leads);

  leader_config config_;
  callback changed_;
  bool leads_ = false;
  int failures_ = 0;
  stop_event stop_;
  watchdog dog_;
  std::thread thread_;
};

} // namespace neurocards::db
