#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace neurocards {

/// What keeps the roles of this node from working although the node lives: each tells how its own
/// connections to the database (locks of leadership, LISTEN) fare. Thread-safe.
class role_watch {
public:
  using clock = std::chrono::steady_clock;
  static constexpr auto patience =
    std::chrono::seconds{10}; // a lost connection is had again by then

  /// `error` empty: the part works, or is not there any more.
  void report(const std::string& role, const std::string& part, const std::string& error,
              clock::time_point now = clock::now()) {
    const std::lock_guard guard{mutex_};
    if (error.empty()) {
      troubles_.erase({role, part});
      return;
    }
    auto& x = troubles_.try_emplace({role, part}, trouble{now, {}}).first->second;
    x.error = error;
  }

  /// Roles that have not worked for longer than `patience`, and why.
  std::map<std::string, std::string> unable(clock::time_point now = clock::now()) const {
    const std::lock_guard guard{mutex_};
    std::map<std::string, std::string> result;
    for (const auto& [who, x] : troubles_)
      if (now - x.since >= patience)
        result.try_emplace(who.first, who.second + ": " + x.error);
    return result;
  }

private:
  struct trouble {
    clock::time_point since;
    std::string error;
  };

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, trouble> troubles_;
};

} // namespace neurocards
