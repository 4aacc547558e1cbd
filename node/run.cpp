#include "node/run.hpp"

#include "actors/timer_wheel.hpp"
#include "base/log.hpp"
#include "db/migrate.hpp"
#include "node/auditor.hpp"
#include "node/folders.hpp"
#include "node/roles.hpp"
#include "node/surface.hpp"
#include "node/system_config.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <caf/actor_registry.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

/// Blocks the signals we wait for, in all threads that are yet to come.
sigset_t take_signals() {
  sigset_t result;
  sigemptyset(&result);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&result, number);
  pthread_sigmask(SIG_BLOCK, &result, nullptr);
  return result;
}

/// Waits for PostgreSQL as long as `db.patience` says and sees to the schema. False: told why not.
bool prepare_database(const config::all& settings, const std::string& node, bool may_migrate) {
  const auto connection = connection_of(settings, node);
  const auto files = db::read_schema_files(folders::sql());
  const auto deadline = std::chrono::steady_clock::now() + settings.db.patience;
  for (auto pause = 100ms;; pause = std::min(pause * 2, 2000ms)) {
    try {
      if (may_migrate)
        db::migrate(connection, files);
      const auto state = db::state_of_schema(*db::connect(connection), files);
      if (state == db::schema_state::same)
        return true;
      log::error("run.schema_refused", "schema", db::to_string(state), "advice",
                 "run `neurocards migrate` with this program, or start with --migrate");
      return false;
    } catch (const db::migration_refused& err) {
      log::error("run.schema_refused", "why", err.what());
      return false;
    } catch (const std::exception& err) {
      if (std::chrono::steady_clock::now() + pause > deadline) {
        log::error("run.database_unreachable", "error", err.what(), "waited",
                   std::chrono::duration<double>{settings.db.patience}, "advice",
                   "start PostgreSQL or correct DATABASE_URL");
        return false;
      }
      log::warn("run.waits_for_database", "error", err.what());
      std::this_thread::sleep_for(pause);
    }
  }
}

bool has_role(const config::node& node, std::string_view name) {
  return std::ranges::find(node.roles, name) != node.roles.end();
}

auditor::config audits_of(const config::all& settings, const config::node& node) {
  using std::chrono::milliseconds;
  auto connection = connection_of(settings, node.name + " audit");
  connection.statement_timeout = milliseconds{0}; // whole tables take as long as they take
  return {connection, std::chrono::duration_cast<milliseconds>(settings.db.lease),
          std::chrono::duration_cast<milliseconds>(settings.db.audit_interval)};
}

/// A node at work: everything between the first actor and the last.
class running_node {
public:
  running_node(caf::actor_system& sys, const config::all& settings, const config::node& node)
    : sys_(sys), wheel_(start_timer_wheel(sys)), services_(start_services(sys, settings, node)),
      surface_(std::make_unique<surface>(sys, services_)) {
    if (has_role(node, "notifier"))
      last_.push_back(start(notifier_role(sys, services_)));
    first_.push_back(start(janitor_role(sys, services_)));
    if (has_role(node, "worker"))
      first_.push_back(start(worker_role(sys, services_)));
    if (has_role(node, "gateway"))
      first_.push_back(start(gateway_role(sys, services_)));
    if (has_role(node, "coordinator"))
      auditor_ = std::make_unique<auditor>(audits_of(settings, node), services_.counts);
  }

  /// Takes no new work, gives jobs back, sends what is written, says good-bye. False when `limit`
  /// did not suffice.
  bool drain(caf::timespan limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    bool complete = drain_all(first_, deadline);
    complete = drain_all(last_, deadline) && complete;
    return drain_all(std::vector{services_.health}, deadline) && complete;
  }

  /// Ends what has drained, so that the actor system can end.
  void end() {
    auditor_.reset();
    surface_.reset();
    for (const auto* name : {"queue_claimer", "telegram_gateway", "notifier", timer_wheel::name})
      sys_.registry().erase(name);
    first_.clear();
    last_.clear();
    end_services(services_);
    wheel_ = nullptr;
  }

private:
  role_group_actor start(role what) {
    // Detached: leader locks and listeners are joined when a role ends.
    return sys_.spawn<role_group_impl, caf::detached>(std::move(what));
  }

  template <class Actor>
  bool drain_all(const std::vector<Actor>& actors, std::chrono::steady_clock::time_point deadline) {
    caf::scoped_actor self{sys_};
    bool complete = true;
    const auto left = [&] {
      return std::max<caf::timespan>(deadline - std::chrono::steady_clock::now(), 1ms);
    };
    std::vector<decltype(self->request(actors.front(), left(), drain_atom_v))> answers;
    for (const auto& actor : actors)
      answers.push_back(self->request(actor, left(), drain_atom_v));
    for (auto& answer : answers)
      answer.receive([] {}, [&](const caf::error& err) {
        log::warn("run.drain_incomplete", "error", err);
        complete = false;
      });
    return complete;
  }

  caf::actor_system& sys_;
  timer_wheel_actor wheel_;
  services services_;
  std::unique_ptr<surface> surface_;
  std::unique_ptr<auditor> auditor_; // null: not here
  std::vector<role_group_actor> first_; // drained together
  std::vector<role_group_actor> last_;  // afterwards: they send what the first have written
};

/// Ends the process without ceremony: on a second signal, or when ending takes too long.
void watch_the_end(sigset_t signals, caf::timespan limit) {
  std::thread{[signals, limit] {
    timespec left{std::chrono::duration_cast<std::chrono::seconds>(limit).count(), 0};
    const int number = sigtimedwait(&signals, nullptr, &left);
    log::error("run.ended_at_once", "why", number > 0 ? "second signal" : "ending took too long");
    log::flush();
    _exit(1);
  }}.detach();
}

/// Waits until the node is to end.
void wait_for_the_end(const sigset_t& signals) {
  for (int number = 0;;) {
    sigwait(&signals, &number);
    if (number != SIGHUP) {
      log::info("run.stops", "signal", number);
      return;
    }
    log::reopen();
    log::info("run.reopened_log");
  }
}

} // namespace

int run(const config::loaded& config, const run_options& options) {
  const auto signals = take_signals();
  std::string fault;
  const auto* node = config::choose_node(config.settings, options.node, fault);
  if (!node) {
    log::error("run.no_such_node", "why", fault);
    return 2;
  }
  if (!prepare_database(config.settings, node->name, options.migrate))
    return 1;
  system_config system{config};
  caf::actor_system sys{system};
  running_node here{sys, config.settings, *node};
  log::info("run.started", "node", node->name, "version", NEUROCARDS_VERSION);
  wait_for_the_end(signals);
  watch_the_end(signals, config.settings.drain.limit + 20s);
  const bool complete = here.drain(config.settings.drain.limit);
  log::info("run.ended", "drained", complete);
  log::flush();
  if (!complete)
    _exit(0); // what is left over is taken over when the lease expires
  here.end();
  return 0;
}

} // namespace neurocards
