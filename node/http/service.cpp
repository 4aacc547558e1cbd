#include "node/http/service.hpp"

#include "actors/actor_inspector.hpp"
#include "actors/node_agent.hpp"
#include "actors/post.hpp"
#include "base/log_spell.hpp"
#include "node/config/load.hpp"
#include "node/folders.hpp"
#include "node/http/cluster_figures.hpp"
#include "node/http/earnings_figures.hpp"
#include "node/http/endpoint_lengths.hpp"
#include "node/http/metrics_text.hpp"
#include "node/http/readiness.hpp"
#include "node/http/recent_text.hpp"

#include <unistd.h>

#include <caf/actor_registry.hpp>
#include <caf/stateful_actor.hpp>

namespace neurocards {

namespace {

using stored = endpoint_hooks::stored;

known_names names_of(const config::all& settings) {
  known_names result;
  for (const auto& account : settings.secrets.kie_accounts)
    for (const auto& key : account)
      result.keys.push_back(kie::fingerprint(key).value);
  for (const auto& model : settings.kie.models)
    result.models.push_back(model.slug);
  return result;
}

/// Answers the endpoint's questions by asking other actors. Its functions run inside the actor.
struct bridge {
  static constexpr const char* name = "surface";

  bridge(caf::event_based_actor* me, services x)
    : self(me), context(x), store(x.database), checks(me, std::move(x)),
      inspector(me, context.node.name, NEUROCARDS_VERSION),
      figures(context.counts, std::chrono::steady_clock::now(), names_of(context.settings)) {}

  caf::behavior make_behavior() {
    return {[](caf::tick_atom) {}}; // work comes as actions
  }

  void status(endpoint_hooks::reply<std::string> done) {
    self->request(store, caf::timespan{std::chrono::seconds{5}}, store::snapshot{})
      .then([done](const store::snapshot_json& got) { done(got.text); },
            [done](const caf::error&) { done(""); });
  }

  void job(job_id id, bool texts, endpoint_hooks::reply<std::optional<std::string>> done) {
    self
      ->request(context.database, caf::timespan{std::chrono::seconds{5}},
                store::show_job{id, texts})
      .then([done](const store::job_json& got) { done(got.text); },
            [done](const caf::error&) { done(std::nullopt); });
  }

  /// Our own we tell ourselves: the node agent may be what somebody watches for. He knows the
  /// others.
  void actors(actors_query query, endpoint_hooks::reply<actors_answer> done) {
    const auto tell_own = [this, query, done](const std::string& row) {
      inspector.answer(query, [done, row](std::string told) {
        actors_answer all{{std::move(told)}};
        if (!row.empty())
          all.nodes.push_back(row);
        done(std::move(all));
      });
    };
    if (query.node.empty() || query.node == inspector.node())
      return tell_own({});
    const auto agent = self->system().registry().get<node_agent_actor>(node_agent::name);
    const auto row = unanswered(query.node, "cannot be asked: the node agent here does not answer");
    const auto failed = [query, done, tell_own, row] {
      if (query.node == "*")
        return tell_own(row);
      done(actors_answer{{row}});
    };
    if (!agent)
      return failed();
    self->request(agent, caf::timespan{std::chrono::seconds{4}}, query)
      .then([done](const actors_answer& got) { done(got); },
            [failed](const caf::error&) { failed(); });
  }

  /// The figures of the cluster are those of the moment; without the database the last ones stand
  /// for a while.
  void metrics(endpoint_hooks::reply<std::string> done) {
    const auto answer = [this, done](std::chrono::steady_clock::time_point now) {
      done(metrics_text(self->system(), figures.hidden(now)) + figures.series(now)
           + recent_text(*context.recent, now) + earnings.text(now));
    };
    self->request(store, caf::timespan{std::chrono::seconds{2}}, store::snapshot{})
      .then(
        [this, answer](const store::snapshot_json& got) {
          const auto now = std::chrono::steady_clock::now();
          figures.on_snapshot(got.text, now);
          earnings.on_snapshot(got.text, now);
          answer(now);
        },
        [this, answer](const caf::error& err) {
          const auto now = std::chrono::steady_clock::now();
          figures.on_failure(to_string(err), now);
          answer(now);
        });
  }

  void webhook(std::string body, endpoint_hooks::reply<stored> done) {
    const auto gateway = self->system().registry().get<telegram_gateway_actor>("telegram_gateway");
    if (!gateway)
      return done(stored::not_now);
    self->request(gateway, caf::infinite, webhook_update{std::move(body)})
      .then([done] { done(stored::yes); },
            [done](const caf::error& err) {
              // What is no update will not become one: Telegram need not repeat it.
              done(err == ec::rejected ? stored::yes : stored::not_now);
            });
  }

  void ready(readiness::callback done) { checks.ask(std::move(done)); }

  void wake_worker(const kie_callback& what_for) {
    if (const auto claimer = self->system().registry().get<queue_claimer_actor>("queue_claimer"))
      self->send(claimer, what_for);
  }

  void callback(store::adopt_task task, endpoint_hooks::reply<stored> done) {
    self->request(store, caf::infinite, task)
      .then(
        [this, done, id = task.task](const store::adoption& got) {
          using verdict = store::adoption::verdict;
          if (got.outcome != verdict::unknown)
            log::info("kie.called_back", "task", id, "job", got.job, "verdict",
                      static_cast<int>(got.outcome));
          else if (unknown_callbacks.should_log()) // whoever likes may send them
            log::warn("kie.callback_unknown", "task", id, "times", unknown_callbacks.count());
          if (got.outcome == verdict::adopted)
            context.counts.kie_orphans("adopted").inc();
          if (got.outcome == verdict::adopted
              || got.outcome == verdict::known) // a late one is sent, too
            wake_worker({got.job, id});
          done(stored::yes);
        },
        [this, done](const caf::error& err) {
          if (lost_callbacks.should_log())
            log::warn("kie.callback_not_stored", "error", err, "times", lost_callbacks.count());
          done(stored::not_now);
        });
  }

  caf::event_based_actor* self;
  services context;
  store_actor<store::snapshot, store::adopt_task> store;
  readiness checks;
  actor_inspector inspector;
  log::spell unknown_callbacks;
  log::spell lost_callbacks;
  cluster_figures figures;
  earnings_figures earnings;
};

using bridge_actor = caf::stateful_actor<bridge>;

/// Runs `f` on the bridge inside its actor, which is looked up there: nobody outside has a pointer
/// to it. Does nothing when the actor has ended.
template <class F>
void inside(const caf::weak_actor_ptr& actor, F f) {
  post(actor, [actor, f = std::move(f)]() mutable {
    if (const auto self = caf::actor_cast<caf::strong_actor_ptr>(actor))
      f(static_cast<bridge_actor*>(caf::actor_cast<caf::abstract_actor*>(self))->state);
  });
}

/// A hook that runs one of the bridge's functions.
template <class... Xs>
std::function<void(Xs...)> hook(const caf::actor& actor, void (bridge::*f)(Xs...)) {
  return [weak = caf::actor_cast<caf::weak_actor_ptr>(actor), f](Xs... xs) {
    inside(weak, [f, ... xs = std::move(xs)](bridge& x) mutable { (x.*f)(std::move(xs)...); });
  };
}

endpoint_hooks::file_answer find_file(const services& x, const storage_key& key,
                                      std::string_view expires, std::string_view signature) {
  using verdict = endpoint_hooks::file_verdict;
  const auto* local = dynamic_cast<const storage::local_store*>(x.files.get());
  if (!local)
    return {verdict::missing, "", ""}; // a bucket serves its own links
  if (!x.links.valid(key, expires, signature, std::chrono::system_clock::now()))
    return {verdict::forbidden, "", ""};
  const auto path = local->path(key);
  if (!path)
    return {verdict::missing, "", ""};
  return {verdict::served, *path, storage::content_type(key)};
}

endpoint_hooks hooks_of(const services& x, const caf::actor& actor) {
  endpoint_hooks result;
  result.status = hook(actor, &bridge::status);
  result.job = hook(actor, &bridge::job);
  result.actors = hook(actor, &bridge::actors);
  result.webhook = hook(actor, &bridge::webhook);
  result.callback = hook(actor, &bridge::callback);
  result.ready = hook(actor, &bridge::ready);
  result.metrics = hook(actor, &bridge::metrics);
  result.answered = endpoint_lengths{x.counts.times()};
  result.file = [x](const storage_key& key, std::string_view expires, std::string_view signature) {
    return find_file(x, key, expires, signature);
  };
  return result;
}

} // namespace

http_service::http_service(caf::actor_system& sys, const services& x)
  : bridge_(sys.spawn<bridge_actor>(x)) {
  const auto address = config::parse_address(x.settings.http.listen);
  endpoint_options options;
  options.host = address->host;
  options.port = address->port;
  options.web_folder = folders::web();
  options.token = x.settings.secrets.http_token;
  options.telegram_webhook_secret = x.settings.secrets.telegram_webhook_secret;
  options.kie_webhook_key = x.settings.secrets.kie_webhook_key;
  try {
    endpoint_ = std::make_unique<http_endpoint>(std::move(options), hooks_of(x, bridge_));
  } catch (const std::exception& err) {
    // No role has started, so nothing has to be given back; services do not end half-started.
    log::error("http.cannot_listen", "address", x.settings.http.listen, "error", err.what(),
               "advice", "end what listens there, or change http.listen");
    log::flush();
    _exit(1);
  }
  log::info("http.listens", "address", x.settings.http.listen, "port", endpoint_->port());
}

http_service::~http_service() {
  endpoint_->stop();
  caf::anon_send_exit(bridge_, caf::exit_reason::user_shutdown);
}

} // namespace neurocards
