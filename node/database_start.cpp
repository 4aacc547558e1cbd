#include "node/database_start.hpp"

#include "base/log.hpp"
#include "db/migrate.hpp"
#include "db/session.hpp"
#include "db/session_settings.hpp"
#include "node/clock_skew.hpp"
#include "node/connection_room.hpp"
#include "node/folders.hpp"
#include "node/resources.hpp"
#include "node/services.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#include <pqxx/nontransaction>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

/// What there is less of than this node wants, and a clock that is wrong. It starts all the same:
/// it may be enough for now.
void tell_shortages(const config::all& settings, pqxx::connection& on, const config::node& node) {
  if (const auto reason =
        shortage_of_connections(on, wanted_connections(settings.db, node.roles), node.name);
      !reason.empty())
    log::error("run.too_few_connections", "why", reason);
  for (const auto& cause : shortages(measure(settings)))
    log::error("run.too_little_room", "why", cause);
  if (const auto err = clock_difference(on); !err.empty())
    log::error("run.clock_differed", "why", err);
}

} // namespace

int prepare_database(const config::all& settings, const config::node& node, bool may_migrate) {
  const auto connection = connection_of(settings, node.name);
  const auto files = db::read_schema_files(folders::sql());
  const auto deadline = std::chrono::steady_clock::now() + settings.db.patience;
  for (auto pause = 100ms;; pause = std::min(pause * 2, 2000ms)) {
    try {
      if (may_migrate)
        db::migrate(connection, files);
      const auto on = db::connect(connection);
      const auto state = db::state_of_schema(*on, files);
      if (state == db::schema_state::same) {
        db::prove_writable(*on);
        tell_shortages(settings, *on, node);
        return 0;
      }
      log::error("run.schema_refused", "schema", db::to_string(state), "advice",
                 state == db::schema_state::newer
                   ? "a later release has migrated this database: install that on this host"
                   : "run `neurocards migrate` with this program, or start with --migrate");
      return 1;
    } catch (const db::migration_refused& err) {
      log::error("run.schema_refused", "why", err.what());
      return 2;
    } catch (const db::unfit_database& err) {
      log::error("run.database_refused", "why", err.what());
      return 1;
    } catch (const std::exception& err) {
      if (!db::may_pass(err)) {
        log::error("run.database_refused", "why", err.what());
        return 1;
      }
      if (std::chrono::steady_clock::now() + pause > deadline) {
        log::error("run.database_unreachable", "error", err.what(), "waited",
                   std::chrono::duration<double>{settings.db.patience}, "advice",
                   "start PostgreSQL or correct DATABASE_URL");
        return 1;
      }
      log::warn("run.waits_for_database", "error", err.what());
      std::this_thread::sleep_for(pause);
    }
  }
}

bool told_to_drain(const config::all& settings, const config::node& node) {
  try {
    const auto on = db::connect(connection_of(settings, node.name));
    pqxx::nontransaction tx{*on};
    return tx.exec_params1("SELECT is_paused('node', $1)", node.name)[0].as<bool>();
  } catch (const std::exception& err) {
    log::warn("run.drain_unknown", "error", err.what(), "advice", "none: the heartbeat asks again");
    return false;
  }
}

} // namespace neurocards
