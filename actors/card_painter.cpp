#include "actors/card_painter.hpp"

#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"

namespace neurocards {

card_painter::card_painter(singleton_actor::pointer self, painter_config config,
                           card_store_actor store)
  : self_(self), config_(config), store_(std::move(store)) {}

singleton_actor::behavior_type card_painter::make_behavior() {
  return {
    [this](gained_atom) {
      leader_.gain();
      paint_later();
    },
    [this](lost_atom) { leader_.lose(); },
    [this](drain_atom) { self_->quit(); },
  };
}

void card_painter::paint_later() {
  run_after(self_, with_jitter(config_.interval), leader_.in_this_term([this] { paint(); }));
}

void card_painter::paint() {
  const auto done = leader_.in_this_term([this] { paint_later(); });
  self_->request(store_, caf::infinite, store::paint_cards{config_.cards})
    .then(
      [this, done](const store::count&) {
        failures_.reset();
        done();
      },
      [this, done](const caf::error& err) {
        if (failures_.should_log())
          log::warn("card_painter.failed", "error", err, "times", failures_.count());
        done();
      });
}

} // namespace neurocards
