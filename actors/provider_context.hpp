#pragma once

#include "actors/watched_task.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/account.hpp"

#include <memory>
#include <vector>

namespace neurocards {

/// What all generations of a node share of one provider. Immutable.
struct provider_context {
  provider::service service;
  std::vector<store::account> accounts; // none: nothing new is made there
  std::shared_ptr<const poller_config> polling;
  http_agent_actor http; // for this provider alone
  key_ring_actor keys;
  outage_watch_actor outages;
};

} // namespace neurocards
