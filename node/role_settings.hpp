#pragma once

#include "actors/alert_watch.hpp"
#include "actors/conversation.hpp"
#include "actors/key_ring.hpp"
#include "actors/outage_watch.hpp"
#include "actors/price_watch.hpp"
#include "actors/prompt_writer.hpp"
#include "node/services.hpp"

/// What the actors of roles are told of the settings.
namespace neurocards {

prompt_writer_config prompts_of(const services&, const config::all& now);

/// With the models alone whose providers have a key.
config::generation models_in_use(const config::all&);

key_ring_config keys_of(const services&, const video_provider&);

/// Of all its accounts.
std::vector<secret> all_keys(const video_provider&);

/// `unreachable` says whether the last probe of this node failed.
outage_watch_config outages_of(const services&, const video_provider&,
                               const std::shared_ptr<std::atomic<bool>>& unreachable);
price_config prices_of(const services&, const video_provider&);

alert_watch_config alerts_of(const config::all&);
poller_config polls_of(const services&, const config::all&, const video_provider&);

/// What conversations know of the settings.
flow::flow_config conversations_of(const config::all&);

} // namespace neurocards
