#include "db/leader.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"

#include <memory>

#include <pqxx/nontransaction>

namespace neurocards::db {

namespace {

bool take_lock(pqxx::connection& on, const std::string& role) {
  pqxx::nontransaction tx{on};
  return tx
    .exec_params1("SELECT pg_try_advisory_lock(hashtextextended('neurocards.leader:' || $1, 0))",
                  role)[0]
    .as<bool>();
}

/// A frozen process keeps its connection, and with it the lock, for as long as it sleeps. The server
/// ends a session that has been silent for `limit`, so that leadership, too, is a lease.
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
    try {
      compete();
    } catch (const std::exception& err) {
      ++failures_;
      if ((failures_ & (failures_ - 1)) == 0)
        log::warn("leader.connection_failed", "role", config_.role, "times", failures_, "error",
                  err.what());
    }
    tell(false);
    wait_socket(-1, std::chrono::ceil<std::chrono::milliseconds>(with_jitter(config_.interval)),
                stop_);
  }
}

void leader::compete() {
  const auto on = connect(config_.connection);
  // Longer than we take to notice that we cannot prove anything any more.
  limit_silence(*on, 2 * (config_.interval + config_.answer_within));
  failures_ = 0;
  for (;;) {
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
        tell(false); // before the lock goes with the connection
        return;
    }
  }
}

void leader::prove(pqxx::connection& on) {
  const auto guard = dog_.arm(on.sock(), config_.answer_within);
  pqxx::nontransaction tx{on};
  tx.exec1("SELECT 1");
}

void leader::tell(bool leads) {
  if (leads == leads_)
    return;
  leads_ = leads;
  log::info(leads ? "leader.role_gained" : "leader.role_lost", "role", config_.role);
  changed_(leads);
}

} // namespace neurocards::db
