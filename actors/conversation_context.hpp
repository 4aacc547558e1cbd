#pragma once

#include "actors/metrics.hpp"
#include "actors/object_store.hpp"
#include "clients/telegram.hpp"
#include "domain/flow.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/request_list.hpp"

namespace neurocards {

/// What `conversation` asks the database.
using conversation_store_actor = store_actor<store::load_conversation, store::commit_step>;

/// What all conversations of a node share. Immutable: a hundred thousand of them copy nothing.
struct conversation_context {
  telegram::api api;
  flow::flow_config flow;
  caf::timespan idle_timeout;
  std::shared_ptr<const storage::store> files; // for paths of temporary files
  disk_runner disk;
  disk_runner darkroom; // where photos are prepared
  conversation_store_actor store;
  http_agent_actor http;
  object_store_actor objects;
  metrics counts;
};

} // namespace neurocards
