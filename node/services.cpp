#include "node/services.hpp"

#include "actors/database.hpp"
#include "actors/health.hpp"
#include "actors/http_agent.hpp"
#include "actors/photo_darkroom.hpp"
#include "actors/timer_wheel.hpp"
#include "clients/address.hpp"
#include "clients/crypto.hpp"
#include "clients/file_worker.hpp"
#include "clients/kie.hpp"
#include "clients/runware.hpp"
#include "clients/s3.hpp"
#include "node/config/reload.hpp"
#include "node/service_guard.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <map>

#include <caf/actor_registry.hpp>
#include <caf/send.hpp>

namespace neurocards {

namespace {

using std::chrono::milliseconds;

// A file is kept once the disk has it, and then its name: two waits, which disks serve together.
constexpr size_t disk_threads = 4;
constexpr size_t disk_capacity = 10'000; // tasks waiting

template <class T>
T in(config::duration x) {
  return std::chrono::duration_cast<T>(x);
}

std::shared_ptr<redis::beacon> make_beacon(const config::all& settings) {
  const auto address = redis::parse_url(settings.secrets.redis_url.reveal());
  return address ? std::make_shared<redis::beacon>(*address) : nullptr;
}

health_config health_of(const services& x) {
  health_config result;
  result.node = x.node.name;
  result.roles = joined_roles(x.node.roles);
  result.version = NEUROCARDS_VERSION;
  result.lease = x.settings.db.lease;
  result.heartbeat = x.settings.db.heartbeat;
  result.stages = x.stages;
  result.settings = [report = x.settings_report] { return *report.now(); };
  result.tell_drains = [flag = x.drains](bool drains) { *flag = drains; };
  if (x.beacon) {
    const auto life =
      in<std::chrono::seconds>(x.settings.db.heartbeat * 3) + std::chrono::seconds{1};
    result.also_tell = [beacon = x.beacon, life](const std::string& node) {
      beacon->beat("neurocards:node:" + node, "alive", life);
    };
  }
  return result;
}

std::map<std::string, caf::actor> guarded(const services& x, const caf::actor& wheel) {
  std::map<std::string, caf::actor> result{
    {"http_agent services", caf::actor_cast<caf::actor>(x.http)},
    {"http_agent telegram", caf::actor_cast<caf::actor>(x.telegram_http)},
    {"database", caf::actor_cast<caf::actor>(x.database)},
    {"object_store", caf::actor_cast<caf::actor>(x.plain_objects)},
    {"photo_darkroom", caf::actor_cast<caf::actor>(x.objects)},
    {"health", caf::actor_cast<caf::actor>(x.health)}};
  for (const auto& provider : x.providers)
    result["http_agent " + provider.service.name] = caf::actor_cast<caf::actor>(provider.http);
  if (wheel)
    result["timer_wheel"] = wheel;
  return result;
}

db::database_config lanes_of(const config::all& settings, const std::string& node) {
  db::database_config result;
  result.connection = connection_of(settings, node);
  result.lanes = settings.db.lanes;
  result.patience = in<milliseconds>(settings.db.patience);
  return result;
}

} // namespace

storage::link_signer signer_of(const config::all& settings) {
  return {secret{crypto::hmac_sha256(settings.secrets.bot_token.reveal(), "links to files")},
          settings.http.public_url};
}

std::shared_ptr<const storage::store> store_of(const config::all& settings,
                                               const storage::link_signer& links) {
  const auto& x = settings.storage;
  if (x.kind == config::storage_kind::local)
    return std::make_shared<storage::local_store>(x.path, links);
  storage::s3_config s3;
  s3.endpoint = x.endpoint;
  s3.public_endpoint = x.public_url;
  s3.bucket = x.bucket;
  s3.region = x.region;
  s3.path_style = x.path_style;
  s3.access_key = settings.secrets.aws_access_key;
  s3.secret_key = settings.secrets.aws_secret_key;
  s3.temporary_directory = x.path;
  return std::make_shared<storage::s3_store>(std::move(s3));
}

db::connection_config connection_of(const config::all& settings, const std::string& node) {
  db::connection_config result;
  result.url = settings.secrets.database_url.reveal();
  result.application_name = "neurocards " + node;
  result.statement_timeout = in<milliseconds>(settings.db.statement_timeout);
  return result;
}

namespace {

/// A thread that is not seen for so long is stuck in something that should not be there.
constexpr auto longest_turn = std::chrono::seconds{10};

/// Settings of an engine whose pulse `all` collects.
http::engine_config watched(std::vector<std::shared_ptr<http::pulse>>& all) {
  http::engine_config result;
  result.beats = all.emplace_back(
    std::make_shared<http::pulse>(std::chrono::steady_clock::now().time_since_epoch()));
  return result;
}

bool all_beat(const std::vector<std::shared_ptr<http::pulse>>& engines) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::all_of(engines.begin(), engines.end(),
                     [now](const auto& x) { return now - x->load() < longest_turn; });
}

/// Each with its keys.
std::vector<std::pair<provider::service, std::vector<std::vector<secret>>>>
known_providers(const config::all& x) {
  const auto timeout = in<milliseconds>(x.kie.http_timeout);
  std::vector<std::vector<secret>> runware_accounts;
  if (!x.secrets.runware_key.empty())
    runware_accounts.push_back({x.secrets.runware_key});
  return {{kie::service(kie::api{x.kie.api_url, x.kie.upload_url, timeout, x.kie.proxy}),
           x.secrets.kie_accounts},
          {runware::service(x.runware.api_url, timeout, x.kie.proxy), runware_accounts}};
}

std::vector<video_provider> start_providers(caf::actor_system& sys, const config::all& settings,
                                            std::vector<std::shared_ptr<http::pulse>>& engines,
                                            const metrics& counts) {
  std::vector<video_provider> result;
  for (auto& [service, accounts] : known_providers(settings)) {
    auto reach = std::make_shared<reachability>();
    auto agent = sys.spawn<http_agent_impl>(watched(engines), counts, service.name, reach);
    result.push_back({std::move(service), std::move(accounts), reach, agent});
  }
  return result;
}

} // namespace

services start_services(caf::actor_system& sys, const config::all& settings,
                        const config::node& node) {
  metrics counts{sys};
  handling_times::set(settings.metrics.handling);
  const auto links = signer_of(settings);
  const auto files = store_of(settings, links);
  file_workers workers;
  const auto threads = [&workers](size_t count) {
    return run_on(
      workers.emplace_back(std::make_shared<storage::file_worker>(disk_capacity, count)));
  };
  auto disk = threads(disk_threads);
  auto darkroom = threads(1);
  auto telegram_reach = std::make_shared<reachability>();
  std::vector<std::shared_ptr<http::pulse>> engines;
  auto http = sys.spawn<http_agent_impl>(watched(engines), counts, "services");
  const telegram::api bot{settings.telegram.api_url, settings.secrets.bot_token,
                          in<milliseconds>(settings.telegram.http_timeout),
                          settings.telegram.proxy};
  const changeable<config::all> in_force{settings};
  services result{
    settings,
    node,
    counts,
    connection_of(settings, node.name),
    files,
    links,
    bot,
    start_providers(sys, settings, engines, counts),
    in_force.derived([upload = bot.max_upload_bytes()](const config::all& now) {
      return notifications::notification_config{models::with_keys(now), now.kie.max_attempts,
                                                upload, now.terms.support};
    }),
    make_beacon(settings),
    disk,
    darkroom,
    http,
    telegram_reach,
    sys.spawn<http_agent_impl>(watched(engines), counts, "telegram", telegram_reach),
    sys.spawn<database_impl>(lanes_of(settings, node.name), counts),
    sys.spawn<object_store_impl>(files, disk, http, threads(1)),
    {},
    {},
    std::make_shared<std::atomic<int>>(node.concurrency),
    std::make_shared<role_watch>(),
    [engines] { return all_beat(engines); },
    {},
  };
  result.objects = sys.spawn<photo_darkroom_impl>(result.plain_objects, files, darkroom);
  result.in_force = in_force;
  result.threads_for_files = std::move(workers);
  result.settings_report.replace(to_json(config::settings_report{config::digest(settings)}));
  result.health = sys.spawn<health_impl>(health_of(result), result.database);
  const auto wheel = sys.registry().get<caf::actor>(timer_wheel::name);
  result.guard = sys.spawn<service_guard_impl>(guarded(result, wheel), end_this_process);
  return result;
}

void end_services(services& x) {
  caf::anon_send_exit(x.guard, caf::exit_reason::user_shutdown); // before those it watches
  x.guard = nullptr;
  for (const auto& actor :
       {caf::actor_cast<caf::actor>(x.health), caf::actor_cast<caf::actor>(x.objects),
        caf::actor_cast<caf::actor>(x.plain_objects), caf::actor_cast<caf::actor>(x.database),
        caf::actor_cast<caf::actor>(x.telegram_http), caf::actor_cast<caf::actor>(x.http)})
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  for (const auto& provider : x.providers)
    caf::anon_send_exit(provider.http, caf::exit_reason::user_shutdown);
  x.health = nullptr;
  x.objects = nullptr;
  x.plain_objects = nullptr;
  x.database = nullptr;
  x.telegram_http = nullptr;
  x.providers.clear();
  x.http = nullptr;
}

} // namespace neurocards
