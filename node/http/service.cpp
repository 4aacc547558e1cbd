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
#include "node/http/live_view.hpp"
#include "node/http/metrics_text.hpp"
#include "node/http/readiness.hpp"
#include "node/http/recent_text.hpp"
#include "node/operators.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include <caf/actor_registry.hpp>
#include <caf/stateful_actor.hpp>

namespace neurocards {

namespace {

using nlohmann::json;
using stored = endpoint_hooks::stored;

known_names names_of(const config::all& settings) {
  known_names result;
  for (const auto& account : settings.secrets.kie_accounts)
    for (const auto& key : account)
      result.keys.push_back(provider::fingerprint(key).value);
  if (!settings.secrets.runware_key.empty())
    result.keys.push_back(provider::fingerprint(settings.secrets.runware_key).value);
  for (const auto& model : models::with_keys(settings))
    result.models.push_back(model.slug);
  return result;
}

/// The keys and models that there are, whether they were ever used or not.
std::string configured_names(const config::all& settings) {
  return json{{"keys", operators::configured(settings, lever_subject::key)},
              {"models", operators::configured(settings, lever_subject::model)}}
    .dump(-1, ' ', false, json::error_handler_t::replace);
}

/// What the database refused, with its reason and SQLSTATE where the error has them.
operators_api::answer failure(const caf::error& err) {
  const auto code = err.category() == caf::type_id_v<ec> ? static_cast<ec>(err.code()) : ec::none;
  const auto& context = err.context();
  std::string reason = context.match_element<std::string>(0) ? context.get_as<std::string>(0) : "";
  const auto state = context.size() > 1 && context.match_element<std::string>(1)
                       ? context.get_as<std::string>(1)
                       : std::string{};
  return operators_api::compose_failure(code, reason, state);
}

/// The figures of the whole for the history of this node, from the actor to the recorder's thread.
class told_figures {
public:
  void set(std::vector<std::string_view> hidden, std::string text) {
    const std::lock_guard guard{mutex_};
    hidden_ = std::move(hidden);
    text_ = std::move(text);
  }

  /// All figures of the node, as Prometheus text.
  std::string with(caf::actor_system& sys) const {
    std::unique_lock guard{mutex_};
    const auto hidden = hidden_;
    const auto text = text_;
    guard.unlock(); // the actor that tells them does not wait until all is written
    return metrics_text(sys, hidden) + text;
  }

private:
  mutable std::mutex mutex_;
  std::vector<std::string_view> hidden_; // names of families, which last
  std::string text_;
};

/// Answers the endpoint's questions by asking other actors. Its functions run inside the actor.
struct bridge {
  static constexpr const char* name = "http_service";

  bridge(caf::event_based_actor* me, services x, std::shared_ptr<told_figures> told)
    : self(me), context(x), history(std::move(told)), store(x.database), checks(me, std::move(x)),
      inspector(me, context.node.name, NEUROCARDS_VERSION),
      figures(context.counts, std::chrono::steady_clock::now(), context.in_force.derived(names_of)),
      live(me, context.database, context.node.name, context.in_force.derived(configured_names),
           [this](const caf::expected<live_view::text>& got) { on_snapshot(got); }) {}

  caf::behavior make_behavior() {
    live.start();
    return {[](caf::tick_atom) {}}; // work comes as actions
  }

  void on_snapshot(const caf::expected<live_view::text>& got) {
    const auto now = std::chrono::steady_clock::now();
    if (got) {
      figures.on_snapshot(**got, now);
      earnings.on_snapshot(**got, now);
    } else {
      figures.on_failure(to_string(got.error()), now);
    }
    history->set(figures.hidden(now), figures.series(now) + earnings.text(now));
  }

  void status(endpoint_hooks::reply<std::string> done) {
    live.ask([done](const caf::expected<live_view::text>& got) { done(got ? **got : ""); });
  }

  void operators(operators_api::question asked, endpoint_hooks::reply<operators_api::answer> done) {
    if (auto* lever = std::get_if<store::pull_lever>(&asked))
      lever->configured = operators::configured(*context.in_force.now(), lever->subject);
    std::visit(
      [&](const auto& request) {
        self->request(context.database, caf::timespan{std::chrono::seconds{10}}, request)
          .then(
            [this, done, asked](const store::operators_json& got) {
              if (operators_api::acts(asked))
                live.expire();
              done(operators_api::compose(asked, got.text));
            },
            [done](const caf::error& err) { done(failure(err)); });
      },
      asked);
  }

  void events(std::shared_ptr<http_server::responder> to) { live.listen(std::move(*to)); }

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
    live.ask(
      [this, done](const caf::expected<live_view::text>&) {
        const auto now = std::chrono::steady_clock::now();
        done(metrics_text(self->system(), figures.hidden(now)) + figures.series(now)
             + recent_text(*context.recent, now) + earnings.text(now));
      },
      std::chrono::seconds{0});
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

  void wake_worker(const task_callback& arrived) {
    if (const auto claimer = self->system().registry().get<queue_claimer_actor>("queue_claimer"))
      self->send(claimer, arrived);
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
            context.counts.orphans("adopted").inc();
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
  std::shared_ptr<told_figures> history;
  store_actor<store::adopt_task> store;
  readiness checks;
  actor_inspector inspector;
  log::spell unknown_callbacks;
  log::spell lost_callbacks;
  cluster_figures figures;
  earnings_figures earnings;
  live_view live;
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

endpoint_hooks hooks_of(const services& x, const caf::actor& actor,
                        const std::shared_ptr<const series_recorder>& history) {
  endpoint_hooks result;
  result.series = [history](const series_page::query& asked) {
    if (asked.names.empty())
      return series_page::compose_names(history->names());
    std::vector<series_history::answer> found;
    for (const auto& name : asked.names)
      found.push_back(history->read(name, asked.since));
    return series_page::compose(asked, found);
  };
  result.status = hook(actor, &bridge::status);
  result.job = hook(actor, &bridge::job);
  result.actors = hook(actor, &bridge::actors);
  result.webhook = hook(actor, &bridge::webhook);
  result.callback = hook(actor, &bridge::callback);
  result.operators = hook(actor, &bridge::operators);
  result.events = hook(actor, &bridge::events);
  result.ready = hook(actor, &bridge::ready);
  result.metrics = hook(actor, &bridge::metrics);
  result.answered = endpoint_lengths{x.counts.times()};
  result.file = [x](const storage_key& key, std::string_view expires, std::string_view signature) {
    return find_file(x, key, expires, signature);
  };
  return result;
}

} // namespace

http_service::http_service(caf::actor_system& sys, const services& x) {
  auto told = std::make_shared<told_figures>();
  bridge_ = sys.spawn<bridge_actor>(x, told);
  history_ = std::make_shared<series_recorder>([&sys, told, recent = x.recent] {
    return told->with(sys) + recent_text(*recent, std::chrono::steady_clock::now());
  });
  const auto address = config::parse_address(x.settings.http.listen);
  endpoint_options options;
  options.host = address->host;
  options.port = address->port;
  options.web_folder = folders::web();
  options.tokens = {x.settings.secrets.http_token, x.settings.secrets.http_read_token};
  options.telegram_webhook_secret = x.settings.secrets.telegram_webhook_secret;
  options.kie_webhook_key = x.settings.secrets.kie_webhook_key;
  try {
    endpoint_ = std::make_unique<http_endpoint>(std::move(options), hooks_of(x, bridge_, history_));
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
