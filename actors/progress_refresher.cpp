#include "actors/progress_refresher.hpp"

#include "actors/lazy_timer.hpp"

namespace neurocards {

progress_refresher::progress_refresher(singleton_actor::pointer self,
                                       progress_refresher_config config, progress_store_actor store)
  : self_(self), config_(config), store_(std::move(store)) {}

singleton_actor::behavior_type progress_refresher::make_behavior() {
  return {
    [this](gained_atom) {
      leader_.gain();
      schedule_refresh();
    },
    [this](lost_atom) { leader_.lose(); },
    [this](drain_atom) { self_->quit(); },
  };
}

void progress_refresher::schedule_refresh() {
  const auto pause = open_ ? config_.interval : config_.quiet_interval;
  run_about_after(self_, pause, leader_.in_this_term([this] { refresh(); }));
}

void progress_refresher::refresh() {
  const auto done = leader_.in_this_term([this] { schedule_refresh(); });
  self_->request(store_, caf::infinite, store::refresh_progress{config_.messages})
    .then(
      [this, done](const store::count& open) {
        failures_.reset();
        open_ = open.value > 0;
        done();
      },
      [this, done](const caf::error& err) {
        if (failures_.should_log())
          log::warn("progress_refresher.failed", "error", err, "times", failures_.count());
        done();
      });
}

} // namespace neurocards
