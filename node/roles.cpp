#include "node/roles.hpp"

#include "actors/alert_watch.hpp"
#include "actors/balance_watch.hpp"
#include "actors/bot_name.hpp"
#include "actors/conversation.hpp"
#include "actors/coordinator.hpp"
#include "actors/janitor.hpp"
#include "actors/key_ring.hpp"
#include "actors/late_videos.hpp"
#include "actors/notifier.hpp"
#include "actors/outage_watch.hpp"
#include "actors/price_watch.hpp"
#include "actors/progress_refresher.hpp"
#include "actors/prompt_writer.hpp"
#include "actors/queue_claimer.hpp"
#include "actors/telegram_gateway.hpp"
#include "clients/address.hpp"
#include "db/election.hpp"
#include "db/leader.hpp"
#include "db/listener.hpp"
#include "domain/prices.hpp"
#include "node/auditor.hpp"
#include "node/publication.hpp"
#include "node/role_settings.hpp"

#include <arpa/inet.h>

#include <map>
#include <mutex>

#include <caf/actor_registry.hpp>
#include <caf/send.hpp>

namespace neurocards {

namespace {

/// Makes an actor findable, also after its role was started anew.
template <class Handle>
caf::actor announce(caf::actor_system& sys, const std::string& name, const Handle& actor) {
  sys.registry().erase(name); // put() does not overwrite
  sys.registry().put(name, caf::actor_cast<caf::strong_actor_ptr>(actor));
  return caf::actor_cast<caf::actor>(actor);
}

using namespace std::chrono_literals;

/// A leader whom Telegram has left without any answer for so long may not be able to hear it.
constexpr auto longest_silence = 15s;

/// So lately must a standby have heard Telegram to do better, and so long may showing it take.
constexpr auto shown_for = 5s;
constexpr auto show_within = 3s;

/// A worker whom every provider has left without any answer for so long leaves new jobs to others.
constexpr auto longest_silence_of_provider = 10s;

/// Lets `/readyz` name the role while a connection that it cannot do without is not to be had.
std::function<void(const std::string&)> watched(const services& x, const std::string& role,
                                                const std::string& part) {
  return [roles = x.roles, role, part](const std::string& error) {
    roles->report(role, part, error.substr(0, error.find('\n')));
  };
}

/// The same of a connection of its own, whose losses are counted.
db::listener_config listening(const services& x, const std::string& role,
                              const std::string& channel) {
  return {x.connection,
          {channel},
          [tell = watched(x, role, "LISTEN " + channel),
           lost = &x.counts.reconnects("listener")](const std::string& error) {
            if (!error.empty())
              lost->inc();
            tell(error);
          }};
}

/// `lock`: what is competed for; the role's own name unless it is a part of its work.
db::leader_config competing(const services& x, const std::string& role,
                            const std::string& lock = {}) {
  db::leader_config result;
  result.role = lock.empty() ? role : lock;
  result.told = watched(x, role, "its lock '" + result.role + "'");
  return result;
}

/// Of a role that is of use only where Telegram answers: a leader without it leaves the role to a
/// standby that has it.
db::leader_config competing_where_telegram_is(const services& x, const std::string& role) {
  auto result = competing(x, role);
  result.able = [reach = x.telegram_reach] { return reach->silence() < longest_silence; };
  auto probe = x.telegram.get_me();
  probe.timeout = show_within;
  probe.fresh = true;
  result.shows = [reach = x.telegram_reach, http = x.telegram_http, probe] {
    const bool shown = reach->heard_within(shown_for);
    if (!shown)
      caf::anon_send(http, probe); // what comes of it is noted by the agent
    return shown;
  };
  return result;
}

/// The roles of a node compete together. Ends with the last of them.
std::shared_ptr<db::election> shared_election(const services& x) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<db::election>> all; // by node and database
  const std::lock_guard hold{mutex};
  auto& known = all[x.connection.application_name + " " + x.connection.url];
  auto result = known.lock();
  if (!result) {
    db::election_config config;
    config.connection = x.connection;
    config.failed = [lost = &x.counts.reconnects("leader")] { lost->inc(); };
    result = std::make_shared<db::election>(std::move(config));
    known = result;
  }
  return result;
}

/// Competes for a role on behalf of actors, which hear `gained_atom` and `lost_atom`.
std::shared_ptr<void> compete(const services& x, db::leader_config config,
                              std::vector<caf::actor> actors,
                              const std::shared_ptr<reachability>& reach = nullptr) {
  auto* shown = &x.counts.leader(config.role);
  const auto tell = [actors = std::move(actors), reach, shown](bool leads) {
    shown->value(leads ? 1 : 0);
    if (leads && reach)
      reach->forget(); // an old silence proves nothing
    for (const auto& actor : actors) {
      if (leads)
        caf::anon_send(actor, gained_atom_v);
      else
        caf::anon_send(actor, lost_atom_v);
    }
  };
  return std::make_shared<db::leader>(shared_election(x), std::move(config), tell);
}

/// Wakes an actor whenever the database notifies on `channel`.
std::shared_ptr<void> listen(const services& x, const std::string& role, const std::string& channel,
                             const caf::actor& actor) {
  return std::make_shared<db::listener>(listening(x, role, channel), [actor](const std::string&) {
    caf::anon_send(actor, wake_atom_v);
  });
}

auditor::config audits_of(const services& x) {
  using std::chrono::milliseconds;
  const auto& settings = x.settings.db;
  auto connection = connection_of(x.settings, x.node.name + " audit");
  connection.statement_timeout = milliseconds{0}; // whole tables take as long as they take
  return {connection, std::chrono::duration_cast<milliseconds>(settings.lease),
          std::chrono::duration_cast<milliseconds>(settings.audit_interval), x.recent};
}

/// What a worker needs of each provider, and whether this node does not reach it. Of one without a
/// key only the tasks it has are polled: nobody watches how it stands.
struct provider_parts {
  std::vector<key_ring_actor> keys; // parallel to services::providers
  std::vector<outage_watch_actor> outages;
  std::vector<std::function<bool()>> silences; // of those that have keys
};

provider_parts start_providers(caf::actor_system& sys, const services& x, role_members& members) {
  provider_parts result;
  for (const auto& maker : x.providers) {
    result.keys.push_back(sys.spawn<key_ring_impl>(keys_of(x, maker), x.database));
    members.others.push_back(caf::actor_cast<caf::actor>(result.keys.back()));
    auto& outages = result.outages.emplace_back();
    if (maker.accounts.empty())
      continue;
    auto unreachable = std::make_shared<std::atomic<bool>>(false);
    outages = sys.spawn<outage_watch_impl>(outages_of(x, maker, unreachable), x.database,
                                           maker.http, x.counts);
    const auto watch = caf::actor_cast<caf::actor>(outages);
    members.others.push_back(watch);
    members.resources.push_back(listen(x, "worker", "providers", watch));
    result.silences.push_back([reach = maker.reach, unreachable] {
      return *unreachable || reach->silence() >= longest_silence_of_provider;
    });
    if (maker.service.prices && x.settings.kie.price_feed)
      members.others.push_back(caf::actor_cast<caf::actor>(
        sys.spawn<price_watch_impl>(prices_of(x, maker), maker.http, x.recent)));
    if (maker.service.credit)
      members.others.push_back(caf::actor_cast<caf::actor>(sys.spawn<balance_watch_impl>(
        balance_config{maker.service, all_keys(maker)}, maker.http, x.database, x.recent)));
  }
  return result;
}

generation_context generations_of(const services& x, const config::all& now,
                                  const prompt_writer_actor& prompts, const provider_parts& parts) {
  const auto urls = {now.kie.api_url, now.runware.api_url};
  const bool simulated = std::ranges::any_of(urls, is_private_address);
  std::vector<provider_context> providers;
  for (size_t i = 0; i < x.providers.size(); ++i) {
    const auto& maker = x.providers[i];
    providers.push_back({maker.service, named_accounts(maker.accounts, maker.service.name),
                         std::make_shared<poller_config>(polls_of(x, now, maker)), maker.http,
                         parts.keys[i], parts.outages[i]});
  }
  return {models_in_use(now),
          std::move(providers),
          now.http.public_url,
          now.kie.private_downloads || simulated,
          x.files,
          x.disk,
          x.counts,
          x.database,
          x.objects,
          prompts,
          now.credits.star_value,
          x.stages};
}

} // namespace

role worker_role(caf::actor_system& sys, const services& x) {
  return {
    node_role::worker, [&sys, x](role_members& members) {
      const auto writing =
        x.in_force.derived([x](const config::all& now) { return prompts_of(x, now); });
      auto prompts = sys.spawn<prompt_writer_impl>(writing, x.http, x.counts);
      members.others.push_back(caf::actor_cast<caf::actor>(prompts));
      const auto parts = start_providers(sys, x, members);
      const auto context = x.in_force.derived([x, prompts, parts](const config::all& now) {
        return generations_of(x, now, prompts, parts);
      });
      const auto interval =
        x.in_force.derived([](const config::all& now) { return now.worker.claim_interval; });
      auto claimer = sys.spawn<queue_claimer_impl>(
        claimer_config{[x] { return x.capacity(); }, interval,
                       [silences = parts.silences] {
                         return std::ranges::all_of(silences,
                                                    [](const auto& silent) { return silent(); });
                       }},
        x.database, context);
      const auto plain = announce(sys, queue_claimer::name, claimer);
      members.draining.push_back(plain);
      const auto videos = caf::actor_cast<caf::actor>(sys.spawn<late_videos_impl>(
        late_videos_config{
          x.in_force.derived([](const config::all& now) { return now.kie.poll_interval * 8; })},
        context, x.database));
      members.draining.push_back(videos);
      members.resources.push_back(listen(x, "worker", "jobs", plain));
      members.resources.push_back(compete(x, competing(x, "worker", "late_videos"), {videos}));
      caf::anon_send(x.health, lease_atom_v, plain);
    }};
}

role gateway_role(caf::actor_system& sys, const services& x) {
  return {node_role::gateway, [&sys, x](role_members& members) {
            const auto talk = x.in_force.derived([x](const config::all& now) {
              return conversation_context{x.telegram,
                                          conversations_of(now),
                                          now.session.idle_timeout,
                                          x.files,
                                          x.disk,
                                          x.darkroom,
                                          x.database,
                                          x.telegram_http,
                                          x.objects,
                                          x.counts};
            });
            auto config = std::make_shared<gateway_config>(
              gateway_config{x.settings.telegram, x.settings.http.public_url + "/telegram/webhook",
                             x.settings.secrets.telegram_webhook_secret, 10'000, x.telegram,
                             x.in_force.derived(conversations_of), x.database, x.telegram_http,
                             spawner_of(talk), x.counts, uuid::random()});
            auto leading = competing_where_telegram_is(x, "gateway");
            leading.member = config->receiver;
            auto gateway = sys.spawn<telegram_gateway_impl>(std::move(config));
            const auto plain = announce(sys, telegram_gateway::name, gateway);
            members.draining.push_back(plain);
            members.others.push_back(caf::actor_cast<caf::actor>(
              sys.spawn<bot_name_impl>(bot_name_config{x.telegram}, x.telegram_http, x.database)));
            members.resources.push_back(compete(x, std::move(leading), {plain}, x.telegram_reach));
          }};
}

role notifier_role(caf::actor_system& sys, const services& x) {
  return {node_role::notifier, [&sys, x](role_members& members) {
            const auto refresher = caf::actor_cast<caf::actor>(
              sys.spawn<progress_refresher_impl>(progress_refresher_config{}, x.database));
            members.draining.push_back(refresher);
            const auto rates =
              x.in_force.derived([](const config::all& now) { return now.notifier; });
            const auto news =
              x.in_force.derived([](const config::all& now) { return now.broadcast; });
            auto actor = sys.spawn<notifier_impl>(x.database, x.telegram_http, x.objects, rates,
                                                  x.telegram, x.rendering, news, x.counts);
            const auto plain = announce(sys, notifier::name, actor);
            members.draining.push_back(plain);
            members.resources.push_back(compete(x, competing(x, "notifier", "cards"), {refresher}));
            members.resources.push_back(
              compete(x, competing_where_telegram_is(x, "notifier"), {plain}, x.telegram_reach));
            members.resources.push_back(listen(x, "notifier", "outbox", plain));
          }};
}

role coordinator_role(caf::actor_system& sys, const services& x, const node_card& identity,
                      std::function<cluster_file()> read_file, std::function<void()> reload) {
  return {
    node_role::coordinator, [&sys, x, identity, read_file, reload](role_members& members) {
      auto nodes = x.in_force.now()->cluster.nodes; // a role that moved here begins with the newest
      if (auto file = read_file(); file.faults.empty())
        nodes = std::move(file.nodes);
      auto actor = sys.spawn<coordinator_impl>(coordinator_config{identity, nodes}, x.database);
      const auto plain = announce(sys, coordinator::name, actor);
      // A connection that is new may have missed the word to read the file again: what it says
      // of nodes is read, for the rest a command is waited for.
      const auto read_nodes = [plain, read_file] { caf::anon_send(plain, read_file()); };
      members.draining.push_back(plain);
      auto& held = members.resources;
      held.push_back(compete(x, competing(x, "coordinator"), {plain}));
      held.push_back(std::make_shared<publication>(sys, actor, x.node, x.settings.cluster.tls));
      auto control = listening(x, "coordinator", "control");
      control.connected = read_nodes;
      held.push_back(std::make_shared<db::listener>(std::move(control),
                                                    [reload](const std::string&) { reload(); }));
      held.push_back(std::make_shared<auditor>(audits_of(x)));
    }};
}

role janitor_role(caf::actor_system& sys, const services& x) {
  return {node_role::janitor, [&sys, x](role_members& members) {
            const auto keep =
              x.in_force.derived([](const config::all& now) { return now.storage.keep; });
            auto actor = sys.spawn<janitor_impl>(janitor_config{x.settings.db.lease, keep},
                                                 x.database, x.objects, &x.counts.rescues());
            const auto plain = caf::actor_cast<caf::actor>(actor);
            members.draining.push_back(plain);
            const auto alerts = caf::actor_cast<caf::actor>(
              sys.spawn<alert_watch_impl>(x.in_force.derived(alerts_of), x.database));
            members.draining.push_back(alerts);
            members.resources.push_back(compete(x, competing(x, "janitor"), {plain, alerts}));
          }};
}

bool is_private_address(const std::string& url) {
  auto host = url.substr(url.find("://") == std::string::npos ? 0 : url.find("://") + 3);
  if (host.starts_with('[')) {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    const auto text = host.substr(1, host.find(']') - 1);
    return inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1
           && http::is_private(reinterpret_cast<const sockaddr*>(&six));
  }
  host = host.substr(0, host.find_first_of(":/"));
  if (host == "localhost")
    return true;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  return inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1
         && http::is_private(reinterpret_cast<const sockaddr*>(&four));
}

} // namespace neurocards
