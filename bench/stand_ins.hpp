#pragma once

#include "actors/metrics.hpp"
#include "clients/storage.hpp"
#include "protocol/actors.hpp"

#include <atomic>
#include <functional>
#include <memory>

#include <caf/actor_system.hpp>

/// What stands in for the world while only our own work is measured: it answers at once and well.
namespace neurocards::bench {

/// KIE creates and succeeds, its file host serves a small MP4, OpenAI writes a line, Telegram
/// accepts everything.
http_agent_actor obliging_web(caf::actor_system&);

/// Keeps nothing, links to nothing real. `opened` is told of each file that is asked for.
object_store_actor obliging_store(caf::actor_system&, std::function<void()> opened = nullptr);

/// Names temporary files in `folder`; nothing else is asked of it.
std::shared_ptr<const storage::store> files_in(const std::string& folder);

/// The catalogue with one model.
std::vector<config::model> one_model();

} // namespace neurocards::bench
