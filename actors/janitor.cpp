#include "actors/janitor.hpp"

#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"

namespace neurocards {

janitor::janitor(janitor_actor::pointer self, janitor_config config, node_store_actor store)
  : self_(self), config_(config), store_(std::move(store)) {}

janitor_actor::behavior_type janitor::make_behavior() {
  return {
    [this](gained_atom) {
      leading_ = true;
      ++term_;
      log::info("janitor.leads");
      rescue();
      sweep();
    },
    [this](lost_atom) { leading_ = false; },
    [this](drain_atom) { self_->quit(); },
  };
}

void janitor::rescue() {
  const auto again = [this, term = term_] {
    // A quarter of the lease: an expired one is noticed soon, a living one costs little.
    run_after(self_, with_jitter(config_.lease / 4), [this, term] {
      if (leading_ && term == term_)
        rescue();
    });
  };
  const auto lease = std::chrono::duration_cast<std::chrono::milliseconds>(config_.lease);
  self_->request(store_, caf::infinite, store::rescue_expired_jobs{lease})
    .then(
      [this, again](const store::count& taken) {
        failures_.reset();
        if (taken.value > 0)
          log::warn("janitor.jobs_rescued", "jobs", taken.value);
        again();
      },
      [this, again](const caf::error& err) {
        if (failures_.should_log())
          log::warn("janitor.rescue_failed", "error", err, "times", failures_.count());
        again();
      });
}

void janitor::sweep() {
  const auto again = [this, term = term_] {
    run_after(self_, with_jitter(config_.sweep_interval), [this, term] {
      if (leading_ && term == term_)
        sweep();
    });
  };
  self_->request(store_, caf::infinite, store::sweep{})
    .then(
      [again](const store::count& gone) {
        log::info("janitor.swept", "rows", gone.value);
        again();
      },
      [again](const caf::error& err) {
        log::warn("janitor.sweep_failed", "error", err);
        again();
      });
}

} // namespace neurocards
