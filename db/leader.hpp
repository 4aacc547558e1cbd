#pragma once

#include "base/uuid.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace neurocards::db {

class candidate;
class election;

struct leader_config {
  std::string role; // "gateway", "notifier", …: one leader each

  /// Asked of a leader at each proof: whether this process can do the role's work. Empty: it always
  /// can.
  std::function<bool()> able{};

  /// Asked of a standby at each try while the leader cannot: whether this process has just shown
  /// that it can. Asked again until it has: it begins what shows it. Empty: it always can.
  std::function<bool()> shows{};
  std::chrono::milliseconds cooldown{
    10'000}; // without competing, for who gave up because it cannot

  /// Told of every try to compete: why it failed, or nothing when the lock is had or waited for.
  std::function<void(const std::string& error)> told{};

  /// A name that is locked as long as the connection lasts (`role_locks::hold_name`).
  std::optional<uuid> member{};
};

/// Competes for the leadership of a role, on the connection of its `election`: what makes a leader
/// and what ends one is said there. A leader that is not able to do the work ends its term for a
/// standby that has shown to be: when nobody is, it stays.
class leader {
public:
  /// Told on the election's thread: true, the role is ours; false, it may be somebody else's.
  using callback = std::function<void(bool leads)>;

  /// Of several for one role of one election the first competes, and the next when it has ended.
  leader(std::shared_ptr<election>, leader_config, callback);
  leader(const leader&) = delete;
  leader& operator=(const leader&) = delete;

  /// Gives the leadership up, and says so if it had it.
  ~leader();

private:
  std::shared_ptr<election> election_;
  std::shared_ptr<candidate> candidate_;
};

} // namespace neurocards::db
