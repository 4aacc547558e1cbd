#include "node/auditor.hpp"

#include "base/log.hpp"
#include "db/migrate.hpp"
#include "node/folders.hpp"

namespace neurocards {

namespace {

constexpr size_t most_logged = 20; // `neurocards audit` tells the rest

} // namespace

auditor::auditor(config cfg, metrics counts)
  : config_(std::move(cfg)), counts_(counts), thread_([this] { run(); }) {}

auditor::~auditor() {
  stop_.raise();
  {
    const std::lock_guard guard{mutex_};
    if (busy_)
      busy_->cancel_query();
  }
  thread_.join();
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
    const std::lock_guard guard{mutex_};
    busy_ = nullptr;
  }
}

std::shared_ptr<pqxx::connection> auditor::open() {
  std::shared_ptr<pqxx::connection> result = db::connect(config_.connection);
  const std::lock_guard guard{mutex_};
  busy_ = result;
  return result;
}

void auditor::audit() {
  const auto connection = open();
  const auto broken =
    db::broken_promises(*connection, db::read_schema_files(folders::sql()), config_.lease);
  counts_.promises_broken().value(static_cast<int64_t>(broken.size()));
  for (size_t i = 0; i < std::min(broken.size(), most_logged); ++i)
    log::error("auditor.promise_broken", "promise", broken[i].promise, "subject", broken[i].subject,
               "detail", broken[i].detail, "advice", "see all with: neurocards audit");
}

} // namespace neurocards
