#pragma once

#include "base/uuid.hpp"

#include <chrono>
#include <string>

#include <pqxx/connection>

namespace neurocards::db {

/// The advisory locks of one connection that competes for a role. They end with the connection.
/// Besides the leader's own there is one that says "the leader cannot do the work" and one, shared
/// among standbys, that says "I could": so a leader ends its term only for somebody who does
/// better.
class role_locks {
public:
  role_locks(pqxx::connection& on, std::string role) : on_(on), role_(std::move(role)) {}

  /// The server ends the session when it has been silent for so long: a frozen process would keep
  /// its connection, and with it the locks, for as long as it sleeps.
  void limit_silence(std::chrono::milliseconds limit);

  /// Shows that the life of this name goes on (`updates_left_behind`).
  void hold_name(const uuid& member);

  /// Whether the leader's lock is ours now.
  bool take_leadership();

  /// As the leader: that it cannot do the work, or can again.
  void say_unable(bool unable);

  /// As the leader: whether a standby has shown that it could do the work.
  bool somebody_is_able();

  /// As a standby: whether the leader has said that it cannot do the work.
  bool leader_is_unable();

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
