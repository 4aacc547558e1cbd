#include "actors/alert_watch.hpp"

#include "actors/lazy_timer.hpp"

namespace neurocards {

alert_watch::alert_watch(singleton_actor::pointer self, changing<alert_watch_config> config,
                         alert_store_actor store)
  : self_(self), config_(std::move(config)), store_(std::move(store)) {}

singleton_actor::behavior_type alert_watch::make_behavior() {
  return {
    [this](gained_atom) {
      leader_.gain();
      tell_later();
    },
    [this](lost_atom) { leader_.lose(); },
    [this](drain_atom) { self_->quit(); },
  };
}

void alert_watch::tell_later() {
  run_about_after(self_, config_->interval, leader_.in_this_term([this] { tell(); }));
}

void alert_watch::tell() {
  const auto config = config_.now();
  if (config->request.chats.empty())
    return tell_later();
  const auto done = leader_.in_this_term([this] { tell_later(); });
  self_
    ->request(store_, caf::infinite, config->request) // infinite: the database always answers
    .then(
      [this, done](const store::count& told) {
        failures_.reset();
        if (told.value > 0)
          log::info("alert_watch.operators_told", "messages", told.value);
        done();
      },
      [this, done](const caf::error& err) {
        if (failures_.should_log())
          log::warn("alert_watch.failed", "error", err, "times", failures_.count());
        done();
      });
}

} // namespace neurocards
