#pragma once

#include "protocol/ids.hpp"

#include <cstdint>

/// Outages of a provider of videos: what the actors of a node say about them
/// (docs/job_lifecycle.md, "When the provider is down").
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

} // namespace neurocards
