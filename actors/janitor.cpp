#include "actors/janitor.hpp"

#include "actors/lazy_timer.hpp"
#include "base/jitter.hpp"
#include "domain/expectation.hpp"

namespace neurocards {

namespace {

constexpr caf::timespan longest_pause = std::chrono::seconds{1}; // between searches for dead nodes

} // namespace

janitor::janitor(singleton_actor::pointer self, janitor_config config, janitor_store_actor store,
                 object_store_actor objects, metrics::counter* rescued)
  : self_(self), config_(std::move(config)), store_(std::move(store)), objects_(std::move(objects)),
    rescued_(rescued) {}

singleton_actor::behavior_type janitor::make_behavior() {
  return {
    [this](gained_atom) {
      stop_sweep();
      leader_.gain();
      log::info("janitor.leads");
      rescue();
      sweep();
      calibrate();
    },
    [this](lost_atom) {
      leader_.lose();
      stop_sweep();
    },
    [this](drain_atom) { self_->quit(); },
  };
}

void janitor::rescue() {
  const auto again = [this, next = leader_.in_this_term([this] { rescue(); })] {
    // Soon, since everybody's jobs wait for it; it costs little while all nodes live.
    const auto pause = std::min<caf::timespan>(config_.lease / 4, longest_pause);
    run_about_after(self_, pause, next);
  };
  const auto lease = std::chrono::duration_cast<std::chrono::milliseconds>(config_.lease);
  self_->request(store_, caf::infinite, store::rescue_expired_jobs{lease})
    .then(
      [this, again](const store::count& taken) {
        failures_.reset();
        if (taken.value > 0)
          log::warn("janitor.jobs_rescued", "jobs", taken.value);
        if (rescued_ && taken.value > 0)
          rescued_->inc(taken.value);
        again();
      },
      [this, again](const caf::error& err) {
        if (failures_.should_log())
          log::warn("janitor.rescue_failed", "error", err, "times", failures_.count());
        again();
      });
}

void janitor::sweep() {
  round_ = std::make_shared<retention>(self_, *config_.keep.now(), store_, objects_);
  round_->start([this, next = leader_.in_this_term([this] { sweep(); })] {
    run_after(self_, with_jitter(config_.sweep_interval), next);
  });
}

void janitor::calibrate() {
  const auto again = [this, next = leader_.in_this_term([this] { calibrate(); })] {
    run_after(self_, with_jitter(config_.calibration_interval), next);
  };
  const auto failed = [this, again](const caf::error& err) {
    if (calibration_failures_.should_log())
      log::warn("janitor.calibration_failed", "error", err, "times", calibration_failures_.count());
    again();
  };
  self_->request(store_, caf::infinite, store::read_durations{})
    .then(
      [this, again, failed](const store::durations_json& seen) {
        const auto outlook = expectation::calibrate(expectation::parse_past(seen.text));
        self_
          ->request(store_, caf::infinite,
                    store::keep_outlook{outlook ? expectation::to_json(*outlook) : ""})
          .then(
            [this, again](const store::committed&) {
              calibration_failures_.reset();
              again();
            },
            failed);
      },
      failed);
}

void janitor::stop_sweep() {
  if (round_)
    round_->stop();
}

} // namespace neurocards
