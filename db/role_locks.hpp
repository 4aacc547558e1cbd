#pragma once

#include "base/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <pqxx/connection>

namespace neurocards::db {

/// How a try to lead a role ended.
enum class standing : uint8_t {
  leads,            // the lock is ours now
  stands_by,        // somebody else has it
  leader_is_unable, // the same, and he says that he cannot do the work
};

/// The server ends the session when it has been silent for so long: a frozen process would keep its
/// connection, and with it the locks, for as long as it sleeps.
void limit_silence(pqxx::connection&, std::chrono::milliseconds limit);

/// Once per connection, before `take_leaderships`.
void prepare_leaderships(pqxx::connection&);

/// Tries to get the lock of each of these roles, in one statement. Throws
/// `pqxx::broken_connection` unless the server takes writes, as `demand_writable`.
std::vector<standing> take_leaderships(pqxx::connection&, const std::vector<std::string>& roles);

/// The advisory locks that one role has on a connection. They end with it. Besides the leader's own
/// there is one that says "the leader cannot do the work" and one, shared among standbys, that says
/// "I could": so a leader ends its term only for somebody who does better.
class role_locks {
public:
  role_locks(pqxx::connection& on, std::string role) : on_(on), role_(std::move(role)) {}

  /// Shows that the life of this name goes on (`updates_left_behind`).
  void hold_name(const uuid& member);
  void free_name(const uuid& member);

  /// As the leader: frees the lock that `take_leaderships` has got.
  void end_leadership();

  /// As the leader: that it cannot do the work, or can again.
  void say_unable(bool unable);

  /// As the leader: whether a standby has shown that it could do the work.
  bool somebody_is_able();

  /// As a standby: that it has shown that it could do the work, or can show it no longer.
  void say_able(bool able);

private:
  bool ask(const std::string& expression);

  pqxx::connection& on_;
  std::string role_;
  bool says_unable_ = false;
  bool says_able_ = false;
};

} // namespace neurocards::db
