#pragma once

#include "actors/leadership.hpp"
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

  card_painter(singleton_actor::pointer self, painter_config config, card_store_actor store);
  singleton_actor::behavior_type make_behavior();

private:
  void paint_later();
  void paint();

  singleton_actor::pointer self_;
  painter_config config_;
  card_store_actor store_;
  leadership leader_;
  log::limiter failures_;
};

using card_painter_impl = watched_impl<singleton_actor, card_painter>;

} // namespace neurocards
