#pragma once

#include "protocol/outage.hpp"
#include "protocol/store/request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Outages of a provider of videos (docs/job_lifecycle.md, "When the provider is down").
namespace neurocards::store {

/// Jobs that failed TEMPORARY on one node, and whether its probe of the provider was answered just
/// now (nullopt: it could not be tried). Decides in the database whether the provider is down.
struct report_failures {
  std::string provider;
  uuid watcher;
  std::optional<bool> reached;
  std::vector<weigh_failure> failures;
  std::string reason; // what the probe or the first failure said
  std::chrono::milliseconds lease{0};
  using answer = failure_origin;
  static constexpr request_traits traits{.name = "report_failures", .batch_limit = 1};
};

/// How a probe of the provider went. May begin or end an outage.
struct report_probe {
  std::string provider;
  uuid watcher;
  bool reached = false;
  std::string reason;
  std::chrono::milliseconds lease{0};
  using answer = committed;
  static constexpr request_traits traits{.name = "report_probe", .batch_limit = 1};
};

/// How the provider stands. While it is down, or all `models` cool down, also tells the users whose
/// jobs no other provider takes, and fails with refund what has waited for `patience`.
struct watch_provider {
  std::string provider;
  uuid watcher; // counts as alive from now on for a lease
  std::vector<std::string> models;
  std::chrono::milliseconds patience{0};
  std::vector<key_fingerprint> keys = {};
  using answer = struct provider_view;
  static constexpr request_traits traits{.name = "watch_provider", .batch_limit = 1};
};
struct provider_view {
  bool down = false;
  std::chrono::milliseconds down_for{0};
  std::string reason;
  bool probe_wanted = false; // another node does not reach the provider: does this one?
  int failed = 0;            // jobs, for want of patience
};

} // namespace neurocards::store
