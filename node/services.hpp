#pragma once

#include "actors/conversation_context.hpp"
#include "actors/generation.hpp"
#include "actors/recent_figures.hpp"
#include "actors/stages_under_way.hpp"
#include "base/changing.hpp"
#include "base/reachability.hpp"
#include "clients/file_worker.hpp"
#include "clients/provider.hpp"
#include "clients/redis.hpp"
#include "clients/telegram.hpp"
#include "db/connection.hpp"
#include "domain/notifications.hpp"
#include "node/role_watch.hpp"
#include "protocol/config.hpp"
#include "protocol/store/catalogue.hpp"

#include <atomic>

#include <caf/actor_system.hpp>

namespace neurocards {

/// A provider of videos with its keys and an http engine of its own.
struct video_provider {
  provider::service service;
  std::vector<std::vector<secret>> accounts; // none: it is not used
  std::shared_ptr<reachability> reach;
  http_agent_actor http;
};

using file_workers = std::vector<std::shared_ptr<storage::file_worker>>;

/// What the roles of a node stand on: the shared actors, and the settings turned into what actors
/// take. Copyable; immutable once made, but for what `in_force` says.
struct services {
  config::all settings; // of the start: for what takes a restart to change
  config::node node;
  metrics counts;
  db::connection_config connection; // of leader locks and listeners
  std::shared_ptr<const storage::store> files;
  storage::link_signer links;
  telegram::api telegram;
  std::vector<video_provider> providers; // all that the program knows; KIE is the first
  changing<notifications::notification_config> rendering;
  std::shared_ptr<redis::beacon> beacon; // null without REDIS_URL

  disk_runner disk;
  disk_runner darkroom;  // a thread for photos: decoding takes longer than a disk does
  http_agent_actor http; // OpenAI, S3
  // Their own engines: pressure on one does not reach the others, and who is silent is known.
  std::shared_ptr<reachability> telegram_reach;
  http_agent_actor telegram_http;
  database_actor database;
  object_store_actor plain_objects; // for `objects` alone, which makes forms of photos besides
  object_store_actor objects;
  health_actor health;

  /// As the node's entry says now; 0: `worker.concurrency`. Changes when cluster.conf does.
  std::shared_ptr<std::atomic<int>> concurrency;

  /// Which roles cannot work, and why.
  std::shared_ptr<role_watch> roles = std::make_shared<role_watch>();

  /// Says whether the threads of all http engines come round. Callable from any thread.
  std::function<bool()> engines_alive;

  /// Ends the process when one of the actors above dies: all roles hold on to them, so that none
  /// can be put in their places, and systemd starts the node again.
  caf::actor guard;

  /// Whether an operator wants the node to drain, as of the last heartbeat.
  std::shared_ptr<std::atomic<bool>> drains = std::make_shared<std::atomic<bool>>(false);

  /// Gauges that are shown as long as somebody has looked lately.
  std::shared_ptr<recent_figures> recent = std::make_shared<recent_figures>();

  /// Where orders are that the database does not see.
  std::shared_ptr<stages_under_way> stages = std::make_shared<stages_under_way>();

  /// The settings as they are now. What may change while the node runs (`live` in the table of
  /// keys) is taken from here, where it is used.
  changeable<config::all> in_force{config::all{}};

  /// Behind `disk` and the like; to be finished before the actor system ends.
  file_workers threads_for_files = {};

  /// What this node says of its settings (config::settings_report, as JSON).
  changeable<std::string> settings_report{std::string{"{}"}};

  int capacity() const {
    const int own = *concurrency;
    return own > 0 ? own : in_force.now()->worker.concurrency;
  }
};

/// Spawns the shared actors. Throws std::runtime_error when the storage cannot be used.
services start_services(caf::actor_system&, const config::all&, const config::node&);

/// Ends the shared actors; the roles must have ended before.
void end_services(services&);

/// Signs links to files. They are valid on every node and after every restart: the key hangs on the
/// bot's token.
storage::link_signer signer_of(const config::all&);

/// The storage that the settings name. Throws std::runtime_error when it cannot be used.
std::shared_ptr<const storage::store> store_of(const config::all&, const storage::link_signer&);

/// Settings of a connection to our database under a telling name.
db::connection_config connection_of(const config::all&, const std::string& node);

} // namespace neurocards
