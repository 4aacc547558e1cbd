#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace neurocards {

/// What has happened to the newest jobs between two snapshots of `status_snapshot`.
class job_changes {
public:
  /// The jobs that are new or have changed, each with the status it had as `was`; none the first
  /// time.
  std::vector<nlohmann::json> on_snapshot(const nlohmann::json& state);

  /// The next snapshot is the first one.
  void forget() { known_.reset(); }

private:
  using condition = std::pair<std::string, int>; // status, attempts

  std::optional<std::map<std::string, condition>> known_;
};

/// Which stalls are new since they were asked for last, as `actor_report::stalls` lists them. One
/// is told when it is seen to run and when it has ended.
class stall_changes {
public:
  /// Those that had ended before the first time are not told.
  std::vector<nlohmann::json> on_report(const nlohmann::json& stalls);

  void forget() { known_.reset(); }

private:
  std::optional<std::vector<nlohmann::json>> known_;
};

} // namespace neurocards
