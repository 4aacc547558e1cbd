#include "node/auditor.hpp"

#include "base/log.hpp"
#include "db/migrate.hpp"
#include "node/clock_skew.hpp"
#include "node/folders.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>
#include <pqxx/nontransaction>

namespace neurocards {

namespace {

const recent_figures::place last_success{"neurocards_audit_last_success_timestamp_seconds"};
const recent_figures::place rows_broken{"neurocards_promises_broken"};

constexpr size_t most_told = 20; // `neurocards audit` tells the rest

/// For `status` on every node.
void keep(pqxx::connection& on, const std::vector<db::broken_promise>& broken) {
  auto some = nlohmann::json::array();
  for (size_t i = 0; i < std::min(broken.size(), most_told); ++i)
    some.push_back({{"promise", broken[i].promise},
                    {"subject", broken[i].subject},
                    {"detail", broken[i].detail}});
  pqxx::nontransaction{on}.exec_params(
    "SELECT note_audit(p_broken => $1, p_some => $2)", broken.size(),
    some.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

double unix_seconds() {
  return std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count();
}

} // namespace

auditor::auditor(config cfg) : config_(std::move(cfg)), thread_([this] { run(); }) {}

/// Hangs up on the audit under way. (`cancel_query` would connect anew for that: it throws, or
/// waits for minutes, just when the database has gone away.)
auditor::~auditor() {
  stop_.raise();
  {
    const std::lock_guard guard{mutex_};
    if (socket_ >= 0)
      ::shutdown(socket_, SHUT_RDWR);
  }
  thread_.join();
  if (config_.shown) // another node audits now
    for (const auto& figure : {last_success, rows_broken})
      config_.shown->remove(figure);
}

void auditor::run() {
  if (config_.interval.count() == 0)
    return;
  while (db::wait_socket(-1, config_.interval, stop_) != db::wait_result::stopped) {
    try {
      audit();
    } catch (const std::exception& err) {
      if (!stop_.raised())
        log::warn("auditor.audit_failed", "error", err.what());
    }
    watch(-1);
  }
}

/// A descriptor of our own for the same socket: libpq may close its own at any time, and its number
/// may then be somebody else's.
void auditor::watch(int socket) {
  const int next = socket < 0 ? -1 : ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  const std::lock_guard guard{mutex_};
  if (const int old = std::exchange(socket_, next); old >= 0)
    ::close(old);
}

void auditor::audit() {
  const auto connection = db::connect(config_.connection);
  // The server, too, sees that we have hung up, and stops reading whole tables for nobody.
  pqxx::nontransaction{*connection}.exec0("SET client_connection_check_interval = '1s'");
  watch(connection->sock());
  if (stop_.raised())
    return;
  if (const auto reason = clock_difference(*connection); !reason.empty())
    log::error("auditor.clock_differed", "why", reason);
  const auto broken =
    db::broken_promises(*connection, db::read_schema_files(folders::sql()), config_.lease);
  if (config_.shown) {
    constexpr auto until = recent_figures::time_point::max();
    config_.shown->set(rows_broken, static_cast<double>(broken.size()), until);
    config_.shown->set(last_success, std::floor(unix_seconds()), until);
  }
  for (size_t i = 0; i < std::min(broken.size(), most_told); ++i)
    log::error("auditor.promise_broken", "promise", broken[i].promise, "subject", broken[i].subject,
               "detail", broken[i].detail, "advice", "see all with: neurocards audit");
  keep(*connection, broken);
}

} // namespace neurocards
