#include "db/lock_watch.hpp"

#include "base/log.hpp"

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::db {

namespace {

using namespace std::chrono_literals;

constexpr auto interval = 250ms;
constexpr uint64_t lines_every = 40; // intervals: ten seconds between two lines about one wait

/// Names and times only: the text of a statement may hold what is nobody's business.
constexpr const char* blockers_sql =
  "SELECT string_agg(format('process %s (%s, user %s, %s, transaction since %s)', a.pid, "
  "coalesce(nullif(a.application_name, ''), 'no name'), a.usename, coalesce(a.state, 'unknown'), "
  "to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS')), ', ') "
  "FROM unnest(pg_blocking_pids($1)) p JOIN pg_stat_activity a ON a.pid = p";

} // namespace

lock_watch::lock_watch(connection_config config, int pid)
  : config_(std::move(config)), pid_(pid), thread_([this] { run(); }) {
  // nop
}

lock_watch::~lock_watch() {
  stop_.raise();
  thread_.join();
}

std::string lock_watch::seen() const {
  const std::lock_guard hold{mutex_};
  return seen_;
}

void lock_watch::run() noexcept {
  try {
    watch();
  } catch (const std::exception& err) {
    log::warn("lock_watch.failed", "error", err.what()); // the wait goes on, only unexplained
  }
}

void lock_watch::watch() {
  const auto on = connect(config_);
  uint64_t waited = 0; // intervals
  while (wait_socket(-1, interval, stop_) != wait_result::stopped) {
    const auto whom = pqxx::nontransaction{*on}.exec_params1(blockers_sql, pid_)[0];
    if (whom.is_null())
      continue;
    if (waited++ % lines_every == 0)
      log::warn("migrate.waits", "for", whom.c_str());
    const std::lock_guard hold{mutex_};
    seen_ = whom.c_str();
  }
}

} // namespace neurocards::db
