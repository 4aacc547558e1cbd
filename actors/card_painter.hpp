#pragma once

#include "actors/watched_actor.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/request_list.hpp"

namespace neurocards {

/// What `card_painter` asks the database.
using card_store_actor = store_actor<store::paint_cards>;

struct painter_config {
  caf::timespan interval{std::chrono::seconds{3}};
  int cards =
    15; // looked at per interval: bounds what edits take of Telegram's 30 messages a second
};

/// Keeps the progress cards of orders true, while it leads: has the database write an edit for each
/// card that would read otherwise. Keeps nothing.
class card_painter {
public:
  static constexpr const char* name = "card_painter";

  card_painter(janitor_actor::pointer self, painter_config config, card_store_actor store);
  janitor_actor::behavior_type make_behavior();

private:
  void paint_later();
  void paint();

  janitor_actor::pointer self_;
  painter_config config_;
  card_store_actor store_;
  uint64_t term_ = 0; // odd: leading; timers of an earlier term are void
  log::limiter failures_;
};

using card_painter_impl = watched_impl<janitor_actor, card_painter>;

} // namespace neurocards
