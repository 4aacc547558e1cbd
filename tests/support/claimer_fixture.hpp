#pragma once

#include "actors/queue_claimer.hpp"
#include "tests/support/worker_fixture.hpp"

#include <caf/event_based_actor.hpp>

namespace neurocards::test {

/// A claimer in a worker's world; its generations are real ones, whose tasks go on for ever.
struct claimer_fixture : worker_fixture {
  claimer_fixture() { web.says("kie.recordInfo", {generating()}); }

  void start(int capacity = 10) {
    claimer = own(sys.spawn<queue_claimer_impl>(
      claimer_config{[capacity] { return capacity; }, 2s, [this] { return kie_is_silent; }},
      job_store, context()));
    settle();
  }

  void lease(incarnation who) {
    caf::anon_send(claimer, lease_atom_v, who);
    settle();
  }

  void wake() {
    caf::anon_send(claimer, wake_atom_v);
    settle();
  }

  /// Drains; what it answers ends up in `drained`.
  void drain() {
    own(sys.spawn([this](caf::event_based_actor* asker) {
      asker->request(claimer, caf::infinite, drain_atom_v)
        .then([this] { drained = "done"; }, [this](const caf::error&) { drained = "failed"; });
    }));
    settle();
  }

  node_stats stats() {
    node_stats result;
    own(sys.spawn([this, &result](caf::event_based_actor* asker) {
      asker->request(claimer, caf::infinite, stats_atom_v)
        .then([&result](const node_stats& x) { result = x; }, [](const caf::error&) {});
    }));
    settle();
    return result;
  }

  /// `n` jobs whose tasks are under way: they stay until somebody ends them.
  std::vector<claimed_job> begun(int n) {
    std::vector<claimed_job> result;
    for (int i = 0; i < n; ++i)
      result.push_back(begun_job(0s)); // no look before 15 s
    return result;
  }

  int in_flight() { return static_cast<int>(counts.in_flight().value()); }

  std::vector<int> limits() const {
    std::vector<int> result;
    for (const auto& x : db.asked)
      if (const auto* claim = std::get_if<store::claim_jobs>(&x))
        result.push_back(claim->limit);
    return result;
  }

  incarnation node{uuid::random()};
  bool kie_is_silent = false;
  queue_claimer_actor claimer;
  std::string drained;
};

} // namespace neurocards::test
