#pragma once

#include "actors/leadership.hpp"
#include "actors/watched_actor.hpp"
#include "base/changing.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/reach.hpp"
#include "protocol/store/request_list.hpp"

namespace neurocards {

/// What `alert_watch` asks the database.
using alert_store_actor = store_actor<store::tell_operators>;

struct alert_watch_config {
  store::tell_operators request; // no chats: nobody is told
  caf::timespan interval{std::chrono::seconds{5}};
};

/// Has operators' chats told of what needs a person, while it leads. What was told when is in the
/// database: another leader, or this one after a restart, does not repeat it. Keeps nothing.
class alert_watch {
public:
  static constexpr const char* name = "alert_watch";

  alert_watch(singleton_actor::pointer self, changing<alert_watch_config> config,
              alert_store_actor store);
  singleton_actor::behavior_type make_behavior();

private:
  void tell();
  void tell_later();

  singleton_actor::pointer self_;
  changing<alert_watch_config> config_;
  alert_store_actor store_;
  leadership leader_;
  log::limiter failures_;
};

using alert_watch_impl = watched_impl<singleton_actor, alert_watch>;

} // namespace neurocards
