#pragma once

#include "protocol/store.hpp"

/// Outages of a provider of videos: what the actors of a node, and node and database, say about
/// them (docs/job_lifecycle.md, "When KIE is down").
namespace neurocards {

/// How far a job had come when it failed. Only failures at one stage are alike.
enum class failure_stage : uint8_t {
  creation, // upload or creation: no task yet
  task,     // the task, or fetching its result
};

/// A job failed in a way that may pass by itself (TEMPORARY). Whose fault is it?
struct weigh_failure {
  job_id job;
  user_id owner;
  failure_stage stage = failure_stage::creation;
};

enum class failure_origin : uint8_t {
  job,      // nothing is known against anybody else: the attempt counts
  node,     // this node does not reach the provider, and others may
  provider, // it is down for everybody
};

namespace store {

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
};

/// How a probe of the provider went. May begin or end an outage.
struct report_probe {
  std::string provider;
  uuid watcher;
  bool reached = false;
  std::string reason;
  std::chrono::milliseconds lease{0};
  using answer = committed;
};

/// How the provider stands. While it is down, or all `models` cool down, also tells the users whose
/// jobs wait, and fails with refund what has waited for `patience`.
struct watch_provider {
  std::string provider;
  uuid watcher; // counts as alive from now on for a lease
  std::vector<std::string> models;
  std::chrono::milliseconds patience{0};
  using answer = struct provider_view;
};
struct provider_view {
  bool down = false;
  std::chrono::milliseconds down_for{0};
  std::string reason;
  bool probe_wanted = false; // another node does not reach the provider: does this one?
  int failed = 0;            // jobs, for want of patience
};

} // namespace store
} // namespace neurocards
