#include "node/run.hpp"

#include "actors/coordinator.hpp"
#include "actors/ended_watch.hpp"
#include "actors/node_agent.hpp"
#include "actors/peer_dialer.hpp"
#include "actors/timer_wheel.hpp"
#include "base/log.hpp"
#include "clients/child_process.hpp"
#include "node/config/certificates.hpp"
#include "node/config/system_config.hpp"
#include "node/database_start.hpp"
#include "node/drain_wait.hpp"
#include "node/http/service.hpp"
#include "node/node_watch.hpp"
#include "node/publication.hpp"
#include "node/result_networks.hpp"
#include "node/roles.hpp"
#include "node/service_manager.hpp"
#include "node/settings_reload.hpp"
#include "node/spoken_protocol.hpp"
#include "node/start_watch.hpp"
#include "node/test_stall.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <future>
#include <thread>

#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

constexpr auto least_for_goodbye = 1s;
constexpr auto grace_of_the_end = 20s; // between the end of the drain and that of the process
constexpr auto certificate_check_interval = 6h;

/// What a node sends itself when the leading coordinator wants cluster.conf read again: SIGHUP, but
/// for this node alone.
constexpr int told_to_reload = SIGUSR1;

/// Blocks the signals we wait for, in all threads that are yet to come.
sigset_t take_signals() {
  sigset_t result;
  sigemptyset(&result);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, told_to_reload})
    sigaddset(&result, number);
  pthread_sigmask(SIG_BLOCK, &result, nullptr);
  return result;
}

/// A node at work: everything between the first actor and the last.
class running_node {
public:
  running_node(caf::actor_system& sys, const config::all& settings, const config::node& node,
               std::vector<std::string> options)
    : sys_(sys), options_(std::move(options)), wheel_(start_timer_wheel(sys)),
      services_(start_services(sys, settings, node)), settings_(services_, options_),
      http_(std::make_unique<http_service>(sys, services_)) {
    *services_.drains = told_to_drain(settings, node);
    const bool tls = has_certificates(settings.cluster.tls);
    dialer_ = sys.spawn<peer_dialer_impl, caf::detached>(tls);
    agent_ = sys.spawn<node_agent_impl>(agent(), services_.health, dialer_);
    sys.registry().put(node_agent::name, caf::actor_cast<caf::strong_actor_ptr>(agent_));
    watches_ = {caf::actor_cast<caf::actor>(sys.spawn<ended_watch_impl>(
                  traces(), services_.database, services_.http, services_.counts)),
                caf::actor_cast<caf::actor>(sys.spawn<node_watch_impl>(services_))};
    if (auto stall = start_test_stall(sys))
      watches_.push_back(std::move(stall));
  }

  /// Reads cluster.conf again: what may change while the node runs comes into force. If our
  /// coordinator leads, it has the other nodes do the same, `everywhere`.
  void reload(bool everywhere) {
    const auto file = settings_.run();
    caf::anon_send(agent_, file);
    const auto ours = sys_.registry().get<coordinator_actor>(coordinator::name);
    if (!ours)
      return;
    caf::anon_send(ours, file);
    if (everywhere)
      caf::anon_send(ours, wake_atom_v);
  }

  /// The settings of now.
  std::shared_ptr<const config::all> in_force() const { return services_.in_force.now(); }

  const file_workers& threads_for_files() const { return services_.threads_for_files; }

  /// For the watchdog of systemd.
  std::function<bool()> engines_alive() const { return services_.engines_alive; }

  /// Takes no new work, gives jobs back, sends what is written, says good-bye. False when the
  /// limits did not suffice.
  bool drain(const config::drain& limits) {
    const auto& calls = services_.counts.unanswered_calls();
    const bool complete = wait_for_drain(asked_to_drain(agent_), {limits.limit, limits.call_limit},
                                         [&calls] { return calls.value(); });
    return wait_for_drain(asked_to_drain(services_.health), {least_for_goodbye, 0s},
                          [] { return 0; })
           && complete;
  }

  /// Ends what has drained, so that the actor system can end.
  void end() {
    http_.reset();
    for (const auto* name : {"queue_claimer", "telegram_gateway", "notifier", "coordinator",
                             node_agent::name, timer_wheel::name})
      sys_.registry().erase(name);
    for (const auto& watch : std::exchange(watches_, {}))
      caf::anon_send_exit(watch, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(dialer_, caf::exit_reason::user_shutdown);
    agent_ = nullptr;
    dialer_ = nullptr;
    end_services(services_);
    wheel_ = nullptr;
  }

private:
  agent_config agent() {
    agent_config result;
    result.identity = identity();
    result.nodes = services_.settings.cluster.nodes;
    result.start_role = [this](node_role name) {
      // Detached: leader locks and listeners are joined when a role ends.
      return sys_.spawn<role_group_impl, caf::detached>(find_role(name));
    };
    result.drains = [drains = services_.drains] { return drains->load(); };
    result.reread = [] { ::kill(::getpid(), told_to_reload); };
    result.resize = [places = services_.concurrency](int concurrency) { *places = concurrency; };
    return result;
  }

  trace_config traces() const {
    return {services_.settings.trace.otlp_endpoint, services_.node.name, NEUROCARDS_VERSION};
  }

  node_card identity() const {
    return {services_.node.name, NEUROCARDS_VERSION, spoken_protocol(), to_string(process_)};
  }

  role find_role(node_role name) {
    switch (name) {
      case node_role::worker:
        return worker_role(sys_, services_);
      case node_role::gateway:
        return gateway_role(sys_, services_);
      case node_role::notifier:
        return notifier_role(sys_, services_);
      case node_role::coordinator:
        return coordinator_role(
          sys_, services_, identity(), [options = options_] { return read_cluster_file(options); },
          [] { ::kill(::getpid(), SIGHUP); });
      case node_role::janitor:
        break;
    }
    return janitor_role(sys_, services_);
  }

  /// Brings whether the actor has drained, as soon as it has answered or ended.
  template <class Actor>
  std::future<bool> asked_to_drain(const Actor& actor) {
    auto done = std::make_shared<std::promise<bool>>();
    auto result = done->get_future();
    sys_.spawn([actor, done](caf::event_based_actor* self) {
      self->request(actor, caf::infinite, drain_atom_v)
        .then([done] { done->set_value(true); },
              [done](const caf::error& err) {
                log::warn("run.drain_incomplete", "error", err);
                done->set_value(false);
              });
    });
    return result;
  }

  caf::actor_system& sys_;
  std::vector<std::string> options_;
  uuid process_ = uuid::random();
  timer_wheel_actor wheel_;
  services services_;
  settings_reload settings_;
  std::unique_ptr<http_service> http_;
  peer_dialer_actor dialer_;
  node_agent_actor agent_;
  std::vector<caf::actor> watches_;
};

/// Waits for one of the signals until then; 0: none came.
int next_signal(const sigset_t& signals, std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
    std::max(until - std::chrono::steady_clock::now(), std::chrono::steady_clock::duration{}));
  const timespec wait{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
  for (;;) {
    const int number = sigtimedwait(&signals, nullptr, &wait);
    if (number > 0 || errno != EINTR)
      return std::max(number, 0);
  }
}

/// Ends the process without ceremony: on a second TERM or INT, or when ending takes too long. A log
/// that is rotated meanwhile is opened anew.
void watch_the_end(sigset_t signals, caf::timespan limit) {
  std::thread{[signals, until = std::chrono::steady_clock::now() + limit] {
    int number = 0;
    while ((number = next_signal(signals, until)) == SIGHUP || number == SIGCHLD
           || number == told_to_reload)
      if (number == SIGHUP)
        log::reopen();
    log::error("run.ended_at_once", "why", number > 0 ? "second signal" : "ending took too long");
    log::flush();
    _exit(1);
  }}.detach();
}

/// On SIGHUP: opens the log anew and reads cluster.conf. What fails leaves all as it was.
void reload(running_node& here, const service_manager& systemd, bool everywhere) {
  systemd.reloading();
  log::reopen();
  log::info("run.reopened_log");
  try {
    here.reload(everywhere);
  } catch (const std::exception& err) {
    log::error("run.not_reloaded", "error", err.what(), "advice",
               "the node goes on as it was; correct the cause and send SIGHUP again");
  }
  systemd.ready();
}

/// Certificates run out, and others renew them in their files: what is wrong would show only when
/// the next peer calls.
void check_certificates(const config::tls& ours) {
  for (const auto& fault : config::faults_of_certificates(ours))
    log::error("run.certificate_refused", "fault", fault, "advice",
               "peers will refuse this node; script/cluster-certs makes certificates");
  log_warnings(config::certificate_warnings(ours));
}

/// What threads for files tell actors is counted by the actor system: they end before it, and after
/// all who give them work.
struct end_of_files {
  explicit end_of_files(caf::actor_system& system) : sys(system) {}
  end_of_files(const end_of_files&) = delete;
  end_of_files& operator=(const end_of_files&) = delete;
  ~end_of_files() {
    sys.await_all_actors_done();
    for (const auto& x : threads)
      x->finish();
  }

  caf::actor_system& sys;
  file_workers threads;
};

/// Waits until the node is to end.
void wait_for_the_end(const sigset_t& signals, running_node& here, const service_manager& systemd,
                      const config::tls& ours) {
  for (;;) {
    const int number =
      next_signal(signals, std::chrono::steady_clock::now() + certificate_check_interval);
    if (number == SIGCHLD) {
      collect_orphans(); // process 1 of a container is left those of others
      continue;
    }
    if (number != 0 && number != SIGHUP && number != told_to_reload) {
      log::info("run.stops", "signal", number);
      return;
    }
    if (number != 0)
      reload(here, systemd, number == SIGHUP);
    check_certificates(ours);
  }
}

/// What nobody caught. Without its main loop the node would still say that it lives, and nobody
/// would take its jobs over.
[[noreturn]] void end_for_an_exception() {
  std::string reason = "unknown";
  try {
    if (const auto current = std::current_exception())
      std::rethrow_exception(current);
  } catch (const std::exception& err) {
    reason = err.what();
  } catch (...) { // not one of the standard's
  }
  log::error("run.failed", "why", reason, "advice",
             "the node has ended; others take its jobs over");
  log::flush();
  _exit(1);
}

/// From the first actor to the last. Nothing leaves it by exception: the actor system would wait
/// for its actors for ever. `terminate` then ends the process.
void live(const config::loaded& config, const config::node& node,
          const std::vector<std::string>& options, const sigset_t& signals,
          start_watch& watch) noexcept {
  std::set_terminate(end_for_an_exception);
  system_config system{config};
  caf::actor_system sys{system};
  watch.node_is_made();
  end_of_files files{sys};
  running_node here{sys, config.settings, node, options};
  files.threads = here.threads_for_files();
  log::info("run.started", "node", node.name, "version", NEUROCARDS_VERSION);
  const service_manager systemd{sys, here.engines_alive()};
  const std::jthread names{[kie = config.settings.kie] { log_warnings(result_warnings(kie, 1s)); }};
  if (const int signal = watch.stop(); signal != 0)
    log::info("run.stops", "signal", signal);
  else
    wait_for_the_end(signals, here, systemd, config.settings.cluster.tls);
  systemd.stopping();
  const auto limits = here.in_force()->drain;
  watch_the_end(signals, limits.limit + limits.call_limit + grace_of_the_end);
  const bool complete = here.drain(limits);
  log::info("run.ended", "drained", complete);
  log::flush();
  if (!complete)
    _exit(0); // what is left over is taken over when the lease expires
  here.end();
}

} // namespace

int run(const config::loaded& config, const run_options& options) {
  const auto signals = take_signals();
  start_watch watch;
  std::string fault;
  const auto* node = config::choose_node(config.settings, options.node, fault);
  if (!node) {
    log::error("run.no_such_node", "why", fault);
    return 2;
  }
  if (const int code = prepare_database(config.settings, *node, options.migrate); code != 0)
    return code;
  live(config, *node, options.options, signals, watch);
  return 0;
}

} // namespace neurocards
