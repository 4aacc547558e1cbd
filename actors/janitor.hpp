#pragma once

#include "actors/leadership.hpp"
#include "actors/metrics.hpp"
#include "actors/retention.hpp"
#include "actors/watched_actor.hpp"
#include "base/changing.hpp"
#include "base/log.hpp"
#include "protocol/store/history.hpp"

namespace neurocards {

/// What `janitor` asks the database.
using janitor_store_actor =
  store_actor<store::rescue_expired_jobs, store::sweep, store::take_old_files, store::files_removed,
              store::read_durations, store::keep_outlook>;

struct janitor_config {
  caf::timespan lease;
  changing<caf::timespan> keep;                        // how long files stay in the storage
  caf::timespan sweep_interval{std::chrono::hours{1}}; // between two rounds of retention
  caf::timespan calibration_interval{std::chrono::seconds{15}}; // of how long orders take
};

/// Takes jobs back from nodes that died, deletes what retention allows, removes files nobody needs
/// any more, and keeps what users are told of how long orders take (domain/expectation). One in the
/// cluster works at a time; two would only do the same twice.
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
  void calibrate();

  singleton_actor::pointer self_;
  janitor_config config_;
  janitor_store_actor store_;
  object_store_actor objects_;
  metrics::counter* rescued_;
  leadership leader_;
  std::shared_ptr<retention> round_; // under way
  log::limiter failures_;
  log::limiter calibration_failures_;
};

using janitor_impl = watched_impl<singleton_actor, janitor>;

} // namespace neurocards
