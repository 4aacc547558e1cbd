#include "db/election.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"
#include "db/candidate.hpp"

#include <algorithm>

namespace neurocards::db {

using namespace std::chrono_literals;

election::election(election_config config) : config_(std::move(config)) {
  config_.connection.application_name += "/leader"; // `status_snapshot` knows it by that
  config_.connection.connect_timeout = 3s;
  config_.connection.statement_timeout = config_.answer_within;
  thread_ = std::thread{[this] { run(); }};
}

election::~election() {
  {
    const std::lock_guard hold{mutex_};
    ending_ = true;
  }
  changed_.raise();
  thread_.join();
}

void election::join(std::shared_ptr<candidate> who) {
  {
    const std::lock_guard hold{mutex_};
    all_.push_back(std::move(who));
  }
  changed_.raise();
}

void election::leave(const candidate& who) {
  std::unique_lock hold{mutex_};
  leaving_.push_back(&who);
  changed_.raise();
  const auto is_gone = [&] { return std::ranges::find(leaving_, &who) == leaving_.end(); };
  gone_.wait(hold, [&] { return is_gone() || connecting_; });
  if (is_gone())
    return;
  const auto found = std::ranges::find(all_, &who, &std::shared_ptr<candidate>::get);
  const auto last = *found;
  forget(who);
  hold.unlock();
  last->withdraw(); // it has no connection
}

/// The mutex is held.
void election::forget(const candidate& who) {
  std::erase(leaving_, &who);
  std::erase_if(all_, [&](const auto& x) { return x.get() == &who; });
}

election::candidates election::present() const {
  const std::lock_guard hold{mutex_};
  return all_;
}

bool election::ending() const {
  const std::lock_guard hold{mutex_};
  return ending_;
}

void election::run() {
  while (wait_for_candidates()) {
    try {
      compete();
    } catch (const std::exception& err) {
      on_failed(err.what());
    }
    for (const auto& x : present())
      x->drop();
    if (!pause(std::chrono::ceil<std::chrono::milliseconds>(with_jitter(config_.interval))))
      return;
  }
}

/// False: the end has come.
bool election::wait_for_candidates() {
  for (;;) {
    changed_.lower();
    release_leaving();
    if (ending())
      return false;
    if (!present().empty())
      return true;
    wait_socket(-1, 1min, changed_);
  }
}

/// Returns when nobody competes any more.
void election::compete() {
  const auto on = open();
  for (;;) {
    changed_.lower();
    {
      const auto guard = dog_.arm(on->sock(), config_.answer_within);
      release_leaving();
      if (present().empty())
        return;
      work(*on);
    }
    if (wait_socket(on->sock(), config_.interval, changed_) == wait_result::readable)
      throw pqxx::broken_connection{"the server hung up"};
  }
}

/// Whoever leaves meanwhile does not wait for it.
std::unique_ptr<pqxx::connection> election::open() {
  const auto say = [this](bool connecting) {
    const std::lock_guard hold{mutex_};
    connecting_ = connecting;
    gone_.notify_all();
  };
  say(true);
  try {
    auto result = connect(config_.connection);
    const auto guard = dog_.arm(result->sock(), config_.answer_within);
    // Longer than we take to find that we cannot prove anything any more.
    limit_silence(*result, 2 * (config_.interval + config_.answer_within));
    prepare_leaderships(*result);
    say(false);
    failures_ = 0;
    return result;
  } catch (...) {
    say(false);
    throw;
  }
}

/// Once per interval: proves what is led, and tries for the others.
void election::work(pqxx::connection& on) {
  const auto now = std::chrono::steady_clock::now();
  candidates competing;
  std::vector<std::string> roles;
  std::vector<std::string> seen;
  for (const auto& x : present()) {
    if (std::ranges::find(seen, x->role()) != seen.end())
      continue; // a session gets a lock as often as it asks
    seen.push_back(x->role());
    x->enter(on);
    x->step_down_if_unable(now);
    if (!x->competes(now))
      continue;
    competing.push_back(x);
    roles.push_back(x->role());
  }
  if (competing.empty())
    return demand_writable(on);
  const auto standings = take_leaderships(on, roles);
  for (size_t i = 0; i < competing.size(); ++i)
    competing[i]->settle(standings.at(i));
}

void election::on_failed(const std::string& error) {
  ++failures_;
  if ((failures_ & (failures_ - 1)) == 0)
    log::warn("leader.connection_failed", "times", failures_, "error", error);
  for (const auto& x : present())
    x->tell_failure(error);
  if (config_.failed)
    config_.failed();
}

/// False: the end has come.
bool election::pause(std::chrono::milliseconds length) {
  const auto until = std::chrono::steady_clock::now() + length;
  for (;;) {
    changed_.lower();
    release_leaving();
    if (ending())
      return false;
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left <= 0ms)
      return true;
    wait_socket(-1, left, changed_);
  }
}

void election::release_leaving() {
  candidates leaving;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& x : all_)
      if (std::ranges::find(leaving_, x.get()) != leaving_.end())
        leaving.push_back(x);
  }
  for (const auto& x : leaving) {
    x->withdraw(); // throws with the connection: then it is tried without one
    const std::lock_guard hold{mutex_};
    forget(*x);
    gone_.notify_all();
  }
}

} // namespace neurocards::db
