#pragma once

#include "actors/leadership.hpp"
#include "actors/watched_actor.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/request_list.hpp"

namespace neurocards {

/// What `progress_refresher` asks the database.
using progress_store_actor = store_actor<store::refresh_progress>;

struct progress_refresher_config {
  caf::timespan interval{std::chrono::seconds{3}};
  caf::timespan quiet_interval{std::chrono::seconds{6}}; // while there are none
  int messages = 15; // read per interval: bounds what edits take of Telegram's 30 messages a second
};

/// Keeps the progress messages of orders true, while it leads: has the database write an edit for
/// each message that would read otherwise. Keeps nothing.
class progress_refresher {
public:
  static constexpr const char* name = "progress_refresher";

  progress_refresher(singleton_actor::pointer self, progress_refresher_config config,
                     progress_store_actor store);
  singleton_actor::behavior_type make_behavior();

private:
  void schedule_refresh();
  void refresh();

  singleton_actor::pointer self_;
  progress_refresher_config config_;
  progress_store_actor store_;
  leadership leader_;
  bool open_ = true; // there were some when we asked last
  log::limiter failures_;
};

using progress_refresher_impl = watched_impl<singleton_actor, progress_refresher>;

} // namespace neurocards
