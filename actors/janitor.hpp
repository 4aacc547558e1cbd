#pragma once

#include "actors/leadership.hpp"
#include "actors/metrics.hpp"
#include "actors/retention.hpp"
#include "actors/watched_actor.hpp"
#include "base/log.hpp"

namespace neurocards {

/// What `janitor` asks the database.
using janitor_store_actor = store_actor<store::rescue_expired_jobs, store::sweep,
                                        store::take_old_files, store::files_removed>;

struct janitor_config {
  caf::timespan lease;
  caf::timespan keep;                                  // how long files stay in the storage
  caf::timespan sweep_interval{std::chrono::hours{1}}; // between two rounds of retention
};

/// Takes jobs back from nodes that died, deletes what retention allows, and removes files nobody
/// needs any more. One in the cluster works at a time; two would only do the same twice.
class janitor {
public:
  static constexpr const char* name = "janitor";

  /// `rescued` counts the jobs that were taken back.
  janitor(singleton_actor::pointer self, janitor_config config, janitor_store_actor store,
          object_store_actor objects, metrics::counter* rescued = nullptr);
  singleton_actor::behavior_type make_behavior();

private:
  void rescue();
  void sweep();
  void stop_sweep();

  singleton_actor::pointer self_;
  janitor_config config_;
  janitor_store_actor store_;
  object_store_actor objects_;
  metrics::counter* rescued_;
  leadership leader_;
  std::shared_ptr<retention> round_; // under way
  log::limiter failures_;
};

using janitor_impl = watched_impl<singleton_actor, janitor>;

} // namespace neurocards
