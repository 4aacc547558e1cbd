#include "node/roles.hpp"

#include "actors/alert_watch.hpp"
#include "actors/balance_watch.hpp"
#include "actors/bot_name.hpp"
#include "actors/card_painter.hpp"
#include "actors/conversation.hpp"
#include "actors/coordinator.hpp"
#include "actors/janitor.hpp"
#include "actors/key_ring.hpp"
#include "actors/late_videos.hpp"
#include "actors/notifier.hpp"
#include "actors/outage_watch.hpp"
#include "actors/prompt_writer.hpp"
#include "actors/queue_claimer.hpp"
#include "actors/telegram_gateway.hpp"
#include "clients/address.hpp"
#include "db/leader.hpp"
#include "db/listener.hpp"
#include "domain/prices.hpp"
#include "node/auditor.hpp"
#include "node/publication.hpp"

#include <arpa/inet.h>

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

/// A worker whom KIE has left without any answer for so long leaves new jobs to others.
constexpr auto longest_silence_of_kie = 10s;

/// Lets `/readyz` name the role while a connection that it cannot do without is not to be had.
/// `kind`: what metrics call that connection.
std::function<void(const std::string&)> watched(const services& x, const std::string& role,
                                                const std::string& part, const char* kind) {
  return
    [roles = x.roles, role, part, lost = &x.counts.reconnects(kind)](const std::string& error) {
      if (!error.empty())
        lost->inc();
      roles->report(role, part, error.substr(0, error.find('\n')));
    };
}

/// `lock`: what is competed for; the role's own name unless it is a part of its work.
db::leader_config competing(const services& x, const std::string& role,
                            const std::string& lock = {}) {
  db::leader_config result;
  result.connection = x.connection;
  result.role = lock.empty() ? role : lock;
  result.told = watched(x, role, "its lock '" + result.role + "'", "leader");
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

/// Competes for a role on behalf of actors, which hear `gained_atom` and `lost_atom`.
std::shared_ptr<void> compete(const services& x, db::leader_config config,
                              std::vector<caf::actor> actors,
                              const std::shared_ptr<reachability>& reach = nullptr) {
  auto* shown = &x.counts.leader(config.role);
  return std::make_shared<db::leader>(std::move(config),
                                      [actors = std::move(actors), reach, shown](bool leads) {
                                        shown->value(leads ? 1 : 0);
                                        if (leads && reach)
                                          reach->forget(); // an old silence proves nothing
                                        for (const auto& actor : actors) {
                                          if (leads)
                                            caf::anon_send(actor, gained_atom_v);
                                          else
                                            caf::anon_send(actor, lost_atom_v);
                                        }
                                      });
}

/// Wakes an actor whenever the database notifies on `channel`.
std::shared_ptr<void> listen(const services& x, const std::string& role, const std::string& channel,
                             const caf::actor& actor) {
  return std::make_shared<db::listener>(
    db::listener_config{x.connection, {channel}, watched(x, role, "LISTEN " + channel, "listener")},
    [actor](const std::string&) { caf::anon_send(actor, wake_atom_v); });
}

prompt_writer_config prompts_of(const services& x) {
  prompt_writer_config result;
  if (!x.settings.secrets.openai_key.empty())
    result.api = openai::api{x.settings.openai.api_url, x.settings.secrets.openai_key,
                             x.settings.openai.proxy};
  result.writers = openai::models_of(x.settings.openai);
  result.reasoning_effort = x.settings.openai.reasoning_effort;
  if (x.settings.openai.vision)
    result.photos = x.objects;
  result.disk = x.disk;
  result.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(x.settings.openai.timeout);
  result.concurrency = x.settings.openai.concurrency;
  result.models = x.settings.kie.models;
  return result;
}

key_ring_config keys_of(const services& x) {
  const auto budget = [](const config::all& now) { return now.kie.query_budget; };
  return {x.settings.secrets.kie_accounts, x.in_force.derived(budget), x.settings.db.lease,
          x.settings.db.heartbeat};
}

outage_watch_config outages_of(const services& x,
                               const std::shared_ptr<std::atomic<bool>>& unreachable) {
  const auto models = [](const config::all& now) {
    std::vector<std::string> slugs;
    for (const auto& model : now.kie.models)
      slugs.push_back(model.slug);
    return slugs;
  };
  const auto probe = [](const config::all& now) { return now.kie.outage_probe; };
  const auto patience = [](const config::all& now) { return now.kie.outage_patience; };
  outage_watch_config result{x.provider,
                             {},
                             x.in_force.derived(models),
                             x.in_force.derived(probe),
                             x.in_force.derived(patience),
                             x.settings.db.lease,
                             x.settings.db.heartbeat,
                             unreachable};
  for (const auto& account : x.settings.secrets.kie_accounts)
    result.keys.insert(result.keys.end(), account.begin(), account.end());
  return result;
}

balance_config balances_of(const services& x) {
  balance_config result{x.provider, {}};
  for (const auto& account : x.settings.secrets.kie_accounts)
    result.keys.insert(result.keys.end(), account.begin(), account.end());
  return result;
}

alert_watch_config alerts_of(const config::all& now) {
  alert_watch_config result;
  for (const auto chat : now.operators.chats)
    result.request.chats.emplace_back(chat);
  for (const auto& account : named_accounts(now.secrets.kie_accounts))
    result.request.keys.insert(result.request.keys.end(), account.keys.begin(), account.keys.end());
  for (const auto& model : now.kie.models)
    result.request.models.push_back(model.slug);
  result.request.writes_scripts = !now.secrets.openai_key.empty();
  return result;
}

auditor::config audits_of(const services& x) {
  using std::chrono::milliseconds;
  const auto& settings = x.settings.db;
  auto connection = connection_of(x.settings, x.node.name + " audit");
  connection.statement_timeout = milliseconds{0}; // whole tables take as long as they take
  return {connection, std::chrono::duration_cast<milliseconds>(settings.lease),
          std::chrono::duration_cast<milliseconds>(settings.audit_interval), x.recent};
}

generation_context generations_of(const services& x, const config::all& now,
                                  const prompt_writer_actor& prompts, const key_ring_actor& keys,
                                  const outage_watch_actor& outages) {
  const auto& kie = now.kie;
  auto polling =
    std::make_shared<poller_config>(poller_config{x.provider, x.counts, kie.poll_interval});
  polling->failing_limit = std::max<caf::timespan>(kie.poll_timeout, 30min);
  return {kie,
          named_accounts(now.secrets.kie_accounts),
          now.http.public_url,
          kie.private_downloads || leads_inside(kie.api_url),
          x.provider,
          polling,
          x.files,
          x.counts,
          x.database,
          x.kie_http,
          x.objects,
          prompts,
          keys,
          outages,
          now.credits.star_value,
          x.stages};
}

/// What conversations know of the settings.
flow::flow_config conversations_of(const config::all& now) {
  flow::flow_config result;
  result.terms = now.terms;
  result.credits = now.credits;
  result.limits = now.limits;
  result.referral = now.referral;
  result.welcome = now.welcome;
  result.operators = now.operators;
  result.photo = images::sendable;
  result.models = models::photo_limits(prices::within_limit(now.kie));
  return result;
}

} // namespace

role worker_role(caf::actor_system& sys, const services& x) {
  return {
    "worker", [&sys, x](role_members& members) {
      auto prompts = sys.spawn<prompt_writer_impl>(prompts_of(x), x.http, x.counts);
      members.others.push_back(caf::actor_cast<caf::actor>(prompts));
      auto keys = sys.spawn<key_ring_impl>(keys_of(x), x.database);
      members.others.push_back(caf::actor_cast<caf::actor>(keys));
      auto unreachable = std::make_shared<std::atomic<bool>>(false);
      auto outages =
        sys.spawn<outage_watch_impl>(outages_of(x, unreachable), x.database, x.kie_http, x.counts);
      const auto watch = caf::actor_cast<caf::actor>(outages);
      members.others.push_back(watch);
      members.resources.push_back(listen(x, "worker", "providers", watch));
      auto balances =
        sys.spawn<balance_watch_impl>(balances_of(x), x.kie_http, x.database, x.recent);
      members.others.push_back(caf::actor_cast<caf::actor>(balances));
      const auto context = x.in_force.derived([x, prompts, keys, outages](const config::all& now) {
        return generations_of(x, now, prompts, keys, outages);
      });
      const auto interval =
        x.in_force.derived([](const config::all& now) { return now.worker.claim_interval; });
      auto claimer = sys.spawn<queue_claimer_impl>(
        claimer_config{[x] { return x.capacity(); }, interval,
                       [reach = x.kie_reach, unreachable] {
                         return *unreachable || reach->silence() >= longest_silence_of_kie;
                       }},
        x.database, context);
      const auto plain = announce(sys, queue_claimer::name, claimer);
      members.draining.push_back(plain);
      const auto gifts = caf::actor_cast<caf::actor>(sys.spawn<late_videos_impl>(
        late_videos_config{
          x.in_force.derived([](const config::all& now) { return now.kie.poll_interval * 8; })},
        context, x.database));
      members.draining.push_back(gifts);
      members.resources.push_back(listen(x, "worker", "jobs", plain));
      members.resources.push_back(compete(x, competing(x, "worker", "late_videos"), {gifts}));
      caf::anon_send(x.health, lease_atom_v, plain);
    }};
}

role gateway_role(caf::actor_system& sys, const services& x) {
  return {"gateway", [&sys, x](role_members& members) {
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
  return {
    "notifier", [&sys, x](role_members& members) {
      const auto painter =
        caf::actor_cast<caf::actor>(sys.spawn<card_painter_impl>(painter_config{}, x.database));
      members.draining.push_back(painter);
      const auto rates = x.in_force.derived([](const config::all& now) { return now.notifier; });
      const auto news = x.in_force.derived([](const config::all& now) { return now.broadcast; });
      auto actor = sys.spawn<notifier_impl>(x.database, x.telegram_http, x.objects, rates,
                                            x.telegram, x.rendering, news, x.counts);
      const auto plain = announce(sys, notifier::name, actor);
      members.draining.push_back(plain);
      members.resources.push_back(compete(x, competing(x, "notifier", "cards"), {painter}));
      members.resources.push_back(
        compete(x, competing_where_telegram_is(x, "notifier"), {plain}, x.telegram_reach));
      members.resources.push_back(listen(x, "notifier", "outbox", plain));
    }};
}

role coordinator_role(caf::actor_system& sys, const services& x, const node_card& card,
                      std::function<cluster_file()> read_file, std::function<void()> reload) {
  return {
    "coordinator", [&sys, x, card, read_file, reload](role_members& members) {
      auto nodes = x.in_force.now()->cluster.nodes; // a role that moved here begins with the newest
      if (auto file = read_file(); file.faults.empty())
        nodes = std::move(file.nodes);
      auto actor = sys.spawn<coordinator_impl>(coordinator_config{card, nodes}, x.database);
      const auto plain = announce(sys, coordinator::name, actor);
      // A connection that is new may have missed the word to read the file again: what it says
      // of nodes is read, for the rest a command is waited for.
      const auto read_nodes = [plain, read_file] { caf::anon_send(plain, read_file()); };
      members.draining.push_back(plain);
      auto& held = members.resources;
      held.push_back(compete(x, competing(x, "coordinator"), {plain}));
      held.push_back(std::make_shared<publication>(sys, actor, x.node, x.settings.cluster.tls));
      held.push_back(std::make_shared<db::listener>(
        db::listener_config{x.connection,
                            {"control"},
                            watched(x, "coordinator", "LISTEN control", "listener"),
                            read_nodes},
        [reload](const std::string&) { reload(); }));
      held.push_back(std::make_shared<auditor>(audits_of(x)));
    }};
}

role janitor_role(caf::actor_system& sys, const services& x) {
  return {"janitor", [&sys, x](role_members& members) {
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

bool leads_inside(const std::string& url) {
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
