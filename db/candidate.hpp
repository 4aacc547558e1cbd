#pragma once

#include "db/leader.hpp"
#include "db/role_locks.hpp"

namespace neurocards::db {

/// What an election keeps of one leader. For the election's thread alone, once it has joined.
class candidate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  candidate(leader_config config, leader::callback changed)
    : config_(std::move(config)), changed_(std::move(changed)) {}

  const std::string& role() const { return config_.role; }
  bool leads() const { return leads_; }

  /// Whether it wants the leadership that it has not.
  bool competes(time_point now) const { return !leads_ && now >= idle_until_; }

  /// Takes part on this connection from now on, unless it does already.
  void enter(pqxx::connection&);

  /// As a leader that cannot do the work: ends its term if a standby could.
  void step_down_if_unable(time_point now);

  /// How a try to get the leadership ended.
  void settle(standing);

  /// The connection is lost, and with it all locks.
  void drop();

  /// Why there is no connection.
  void tell_failure(const std::string& error);

  /// Gives up what it has, while the connection goes on.
  void withdraw();

private:
  void tell(bool leads);

  leader_config config_;
  leader::callback changed_;
  std::optional<role_locks> locks_; // while there is a connection
  bool leads_ = false;
  time_point idle_until_{};
};

} // namespace neurocards::db
