#pragma once

#include "actors/watched_actor.hpp"
#include "clients/telegram.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/reach.hpp"
#include "protocol/store/request_list.hpp"

namespace neurocards {

/// What `bot_name` asks the database.
using bot_store_actor = store_actor<store::note_bot>;

/// Its life is in its clock; it can be told to ask at once.
using bot_name_actor = caf::typed_actor<caf::result<void>(wake_atom)>;

struct bot_name_config {
  telegram::api api;
  caf::timespan interval{std::chrono::hours{1}}; // its owner may rename the bot
};

/// Asks Telegram what the bot is called and keeps it in the database, where links to the bot are
/// made from it.
class bot_name {
public:
  static constexpr const char* name = "bot_name";

  bot_name(bot_name_actor::pointer self, bot_name_config, http_agent_actor, bot_store_actor);
  bot_name_actor::behavior_type make_behavior();

private:
  void ask();
  void ask_later(caf::timespan);
  void on_answer(const http::response&);

  bot_name_actor::pointer self_;
  bot_name_config config_;
  http_agent_actor http_;
  bot_store_actor store_;
  int failures_ = 0; // in a row
  caf::disposable next_;
};

using bot_name_impl = watched_impl<bot_name_actor, bot_name>;

} // namespace neurocards
