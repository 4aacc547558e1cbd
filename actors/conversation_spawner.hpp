#pragma once

#include "actors/conversation_context.hpp"
#include "base/changing.hpp"

#include <functional>

namespace neurocards {

/// Spawns the conversation of a chat for a gateway.
using conversation_spawner =
  std::function<conversation_actor(telegram_gateway_actor::pointer gateway, chat_id)>;

conversation_spawner spawner_of(changing<conversation_context>);

} // namespace neurocards
