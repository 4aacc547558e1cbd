#pragma once

#include "actors/command_menu.hpp"
#include "actors/inbox_replay.hpp"
#include "actors/update_poller.hpp"
#include "actors/watched_actor.hpp"

namespace neurocards {

/// Receives Telegram's updates: fetches them while this node leads (polling), or is handed them
/// (webhook). An update is confirmed to Telegram only when it is stored, and then brought to the
/// conversation of its chat. A new leader first replays what is stored and unhandled, and from then
/// on brings what other gateways leave behind when they end.
///
/// Forgets everything when it dies: what was not stored comes again from Telegram, what was not
/// handled comes again from the inbox.
class telegram_gateway {
public:
  static constexpr const char* name = "telegram_gateway";

  telegram_gateway(telegram_gateway_actor::pointer self,
                   std::shared_ptr<const gateway_config> config);
  telegram_gateway_actor::behavior_type make_behavior();

private:
  void gain();
  void lose();
  void watch();
  caf::result<void> on_webhook(const webhook_update&);
  void on_lost();
  void on_finished();
  caf::result<void> drain();

  telegram_gateway_actor::pointer self_;
  update_admission admission_;
  inbox_replay replay_;
  webhook_keeper webhook_;
  update_poller poller_;
  command_menu commands_;
};

using telegram_gateway_impl = watched_impl<telegram_gateway_actor, telegram_gateway>;

} // namespace neurocards
