#pragma once

#include "actors/queue_claimer.hpp"
#include "tests/support/worker_fixture.hpp"

namespace neurocards::test {

/// A claimer in a worker's world; its generations are real ones, whose tasks go on for ever.
struct claimer_fixture : worker_fixture {
  claimer_fixture();
  ~claimer_fixture();
  void start(int capacity = 10);
  void lease(incarnation who);
  void wake();

  /// Drains; what it answers ends up in `drained`.
  void drain();
  node_stats stats();

  /// `n` jobs whose tasks are under way: they stay until somebody ends them.
  std::vector<claimed_job> begun(int n);
  int in_flight();
  std::vector<int> limits() const;

  incarnation node{uuid::random()};
  bool provider_is_silent = false;
  queue_claimer_actor claimer;
  std::string drained;
};

} // namespace neurocards::test
