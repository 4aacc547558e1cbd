#include "db/leader.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"
#include "db/role_locks.hpp"

namespace neurocards::db {

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
  if (config_.told)
    config_.told({});
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
    if (config_.told)
      config_.told(err.what());
  }
  return std::chrono::ceil<std::chrono::milliseconds>(with_jitter(config_.interval));
}

std::chrono::milliseconds leader::compete() {
  const auto on = connect(config_.connection);
  role_locks locks{*on, config_.role};
  // Longer than we take to notice that we cannot prove anything any more.
  locks.limit_silence(2 * (config_.interval + config_.answer_within));
  if (config_.member)
    locks.hold_name(*config_.member);
  failures_ = 0;
  if (config_.told)
    config_.told({});
  return compete_on(*on, locks);
}

std::chrono::milliseconds leader::compete_on(pqxx::connection& on, role_locks& locks) {
  for (;;) {
    if (leads_ && should_give_way(on, locks)) {
      log::warn("leader.role_given_up", "role", config_.role, "rest_ms", config_.rest.count());
      tell(false); // before the lock goes with the connection
      return config_.rest;
    }
    if (leads_)
      prove(on);
    else
      stand_by(on, locks);
    switch (wait_socket(on.sock(), config_.interval, stop_)) {
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

bool leader::should_give_way(pqxx::connection& on, role_locks& locks) {
  const bool unable = config_.able && !config_.able();
  const auto guard = dog_.arm(on.sock(), config_.answer_within);
  locks.say_unable(unable);
  return unable && locks.somebody_is_able();
}

void leader::stand_by(pqxx::connection& on, role_locks& locks) {
  const auto guard = dog_.arm(on.sock(), config_.answer_within);
  if (locks.take_leadership()) {
    locks.say_able(false);
    return tell(true);
  }
  locks.say_able(locks.leader_is_unable() && (!config_.shows || config_.shows()));
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
