#pragma once

#include "actors/update_intake.hpp"
#include "actors/update_router.hpp"
#include "base/changing.hpp"

namespace neurocards {

/// What `telegram_gateway` asks the database.
using gateway_store_actor = store_actor<store::put_updates, store::pending_updates,
                                        store::commit_step, store::load_conversation>;

struct gateway_config {
  config::telegram telegram;
  std::string webhook_url; // under which Telegram reaches this installation; webhook mode only
  secret webhook_secret;
  size_t capacity = 10'000; // unfinished updates beyond which no more are fetched
  telegram::api api;
  changing<flow::flow_config> flow;
  gateway_store_actor store;
  http_agent_actor http;
  conversation_spawner spawn;
  metrics counts;
  uuid receiver{}; // this life of the gateway; its leader lock bears the same name (db/leader)

  bool polls() const { return telegram.mode == config::telegram_mode::polling; }
};

} // namespace neurocards
