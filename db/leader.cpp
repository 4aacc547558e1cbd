#include "db/leader.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"

#include <memory>

#include <pqxx/nontransaction>

namespace neurocards::db {

namespace {

/// A standby has locks of its own: who won one there would lead beside the leader of the primary.
bool take_lock(pqxx::connection& on, const std::string& role) {
  demand_writable(on);
  pqxx::nontransaction tx{on};
  return tx
    .exec_params1("SELECT pg_try_advisory_lock(hashtextextended('neurocards.leader:' || $1, 0))",
                  role)[0]
    .as<bool>();
}

/// Held by every competitor, shared; two keys, so that it is no leader's lock to who lists those.
constexpr const char* competitor = "hashtext('neurocards.competitor'), hashtext($1)";

void join_competitors(pqxx::connection& on, const std::string& role) {
  pqxx::nontransaction tx{on};
  tx.exec_params("SELECT pg_advisory_lock_shared(" + std::string{competitor} + ")", role);
}

/// Nobody else holds the lock if we get it for ourselves.
bool alone(pqxx::connection& on, const std::string& role) {
  pqxx::nontransaction tx{on};
  const std::string keys = competitor;
  return tx
    .exec_params1("SELECT CASE WHEN pg_try_advisory_lock(" + keys + ") THEN pg_advisory_unlock("
                    + keys + ") ELSE false END",
                  role)[0]
    .as<bool>();
}

/// A frozen process keeps its connection, and with it the lock, for as long as it sleeps. The
/// server ends a session that has been silent for `limit`, so that leadership, too, is a lease.
void limit_silence(pqxx::connection& on, std::chrono::milliseconds limit) {
  pqxx::nontransaction tx{on};
  tx.exec0("SET idle_session_timeout = " + std::to_string(limit.count()));
}

} // namespace

leader::leader(leader_config config, callback changed)
  : config_(std::move(config)), changed_(std::move(changed)) {
  config_.connection.application_name += "/leader:" + config_.role; // `status` shows it
  config_.connection.connect_timeout = std::chrono::seconds{3};
  config_.connection.statement_timeout = config_.answer_within;
  thread_ = std::thread{[this] { run(); }};
}

leader::~leader() {
  stop_.raise();
  thread_.join();
}

void leader::run() {
  while (!stop_.raised()) {
    const auto pause = attempt();
    tell(false);
    wait_socket(-1, pause, stop_);
  }
}

/// Returns how long to stay away. (Two ways out and no variable for both: GCC 12 forgets the value
/// that a variable had before `variable = call()` when the call throws.)
std::chrono::milliseconds leader::attempt() {
  try {
    return compete();
  } catch (const std::exception& err) {
    ++failures_;
    if ((failures_ & (failures_ - 1)) == 0)
      log::warn("leader.connection_failed", "role", config_.role, "times", failures_, "error",
                err.what());
  }
  return std::chrono::ceil<std::chrono::milliseconds>(with_jitter(config_.interval));
}

std::chrono::milliseconds leader::compete() {
  const auto on = connect(config_.connection);
  // Longer than we take to notice that we cannot prove anything any more.
  limit_silence(*on, 2 * (config_.interval + config_.answer_within));
  join_competitors(*on, config_.role);
  failures_ = 0;
  for (;;) {
    if (leads_ && should_give_way(*on)) {
      log::warn("leader.gave_way", "role", config_.role, "rest_ms", config_.rest.count());
      tell(false); // before the lock goes with the connection
      return config_.rest;
    }
    if (leads_)
      prove(*on);
    else if (const auto guard = dog_.arm(on->sock(), config_.answer_within);
             take_lock(*on, config_.role))
      tell(true);
    switch (wait_socket(on->sock(), config_.interval, stop_)) {
      case wait_result::timed_out:
        break;
      case wait_result::readable:
        throw pqxx::broken_connection{"the server hung up"};
      case wait_result::stopped:
        tell(false);
        return {};
    }
  }
}

bool leader::should_give_way(pqxx::connection& on) {
  if (!config_.able || config_.able())
    return false;
  const auto guard = dog_.arm(on.sock(), config_.answer_within);
  return !alone(on, config_.role);
}

void leader::prove(pqxx::connection& on) {
  const auto guard = dog_.arm(on.sock(), config_.answer_within);
  demand_writable(on);
}

void leader::tell(bool leads) {
  if (leads == leads_)
    return;
  leads_ = leads;
  log::info(leads ? "leader.role_gained" : "leader.role_lost", "role", config_.role);
  changed_(leads);
}

} // namespace neurocards::db
