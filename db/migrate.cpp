#include "db/migrate.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"
#include "db/applied_schema.hpp"
#include "db/lock_watch.hpp"

#include <array>
#include <thread>

#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/transaction>

namespace neurocards::db {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Any number will do, as long as every version of the program uses the same one.
constexpr const char* turn_sql = "SELECT pg_try_advisory_lock(7077466173)";
constexpr const char* whose_turn_sql =
  "SELECT string_agg(format('process %s (%s)', a.pid, a.application_name), ', ') FROM pg_locks l "
  "JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND l.database "
  "= "
  "(SELECT oid FROM pg_database WHERE datname = current_database()) "
  "AND (l.classid::bigint << 32 | l.objid::bigint) = 7077466173";

constexpr const char* strangers_sql =
  "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c "
  "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') "
  "AND c.relname IN ('users', 'jobs', 'payments', 'credits_history')";

constexpr auto longest_wait = 2'000ms; // for all locks of one try together: others wait behind it
constexpr auto shortest_wait = 50ms;   // for one lock, when the time is nearly up
constexpr auto work_of_others = 1s;    // between two tries, times their number,
constexpr auto longest_pause = 5s;     // up to this
constexpr auto turn_interval = 100ms;

std::unique_ptr<pqxx::connection> reach(const connection_config& config) {
  auto patient = config;
  patient.statement_timeout = {}; // what is done with the locks in hand takes as long as it takes
  patient.lock_timeout = {};
  return connect(patient);
}

/// The turn lasts until the connection closes.
void await_turn(pqxx::connection& on) {
  log::limiter waits;
  while (!pqxx::nontransaction{on}.exec1(turn_sql)[0].as<bool>()) {
    if (waits.should_log())
      log::warn("migrate.waits", "for",
                pqxx::nontransaction{on}.exec1(whose_turn_sql)[0].as<std::string>("another"));
    std::this_thread::sleep_for(with_jitter(turn_interval));
  }
}

void create_books(pqxx::work& tx) {
  tx.exec0(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version int PRIMARY KEY, name text NOT NULL, "
    "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  tx.exec0("CREATE TABLE IF NOT EXISTS schema_functions (name text PRIMARY KEY, "
           "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  // Which texts were replaced, and by which version of the program.
  tx.exec0(
    "ALTER TABLE schema_functions ADD COLUMN IF NOT EXISTS program text NOT NULL DEFAULT ''");
  tx.exec0("CREATE TABLE IF NOT EXISTS schema_replaced (name text, checksum text, "
           "replaced_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (name, checksum))");
}

void apply(pqxx::work& tx, const migration& x) {
  tx.exec(x.text);
  tx.exec_params0("INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                  x.version, x.name, x.checksum);
}

/// The text that is replaced is remembered: a program that brings it back is an older one.
void apply(pqxx::work& tx, const function_file& x, const std::string& program) {
  tx.exec(x.text);
  tx.exec_params0("INSERT INTO schema_replaced (name, checksum) SELECT name, checksum "
                  "FROM schema_functions WHERE name = $1 ON CONFLICT DO NOTHING",
                  x.name);
  tx.exec_params0("DELETE FROM schema_replaced WHERE name = $1 AND checksum = $2", x.name,
                  x.checksum);
  tx.exec_params0(
    "INSERT INTO schema_functions (name, checksum, program) VALUES ($1, $2, $3) "
    "ON CONFLICT (name) DO UPDATE SET checksum = $2, program = $3, applied_at = now()",
    x.name, x.checksum, program);
}

/// One lock after the other is waited for within one time: those in hand keep others waiting.
void limit_waiting(pqxx::work& tx, clock::time_point begin) {
  const auto left =
    std::chrono::ceil<std::chrono::milliseconds>(longest_wait - (clock::now() - begin));
  tx.exec0("SET LOCAL lock_timeout = " + std::to_string(std::max(left, shortest_wait).count()));
}

migration_outcome apply_all(pqxx::connection& on, const schema_files& files,
                            const applied_schema& before) {
  migration_outcome result;
  pqxx::work tx{on};
  const auto begin = clock::now();
  limit_waiting(tx, begin);
  create_books(tx);
  for (const auto& x : files.migrations) {
    if (before.migrations.contains(x.version))
      continue;
    limit_waiting(tx, begin);
    apply(tx, x);
    ++result.migrations;
  }
  // They call each other: bodies are not checked before all of them are there.
  tx.exec0("SET LOCAL check_function_bodies = off");
  for (const auto& x : files.functions) {
    const auto theirs = before.functions.find(x.name);
    if (theirs != before.functions.end() && theirs->second.checksum == x.checksum)
      continue;
    limit_waiting(tx, begin);
    apply(tx, x, files.program);
    ++result.functions;
  }
  tx.commit();
  return result;
}

/// Tries until nobody is in the way.
migration_outcome apply_in_gaps(pqxx::connection& on, const connection_config& config,
                                const schema_files& files, const applied_schema& before) {
  const lock_watch watch{config, on.backendpid()};
  for (int tries = 1;; ++tries) {
    try {
      return apply_all(on, files, before);
    } catch (const pqxx::sql_error& err) {
      if (err.sqlstate() != "55P03")
        throw;
      log::warn("migrate.lets_others_work", "tries", tries, "waited_for", watch.seen(), "advice",
                "none if it ends; else end that transaction");
    } catch (const pqxx::deadlock_detected& err) {
      log::warn("migrate.lets_others_work", "tries", tries, "error", err.what());
    }
    std::this_thread::sleep_for(
      with_jitter(std::min<std::chrono::nanoseconds>(work_of_others * tries, longest_pause)));
  }
}

/// Nobody waits behind these, so they may wait for others as long as it takes.
int build_indexes(pqxx::connection& on, const connection_config& config,
                  const schema_files& files) {
  const auto missing = missing_indexes(read_applied_schema(on), files);
  if (missing.empty())
    return 0;
  const lock_watch watch{config, on.backendpid()};
  for (const auto& x : missing) {
    log::info("migrate.index_started", "name", x.name);
    pqxx::nontransaction tx{on};
    tx.exec0("DROP INDEX CONCURRENTLY IF EXISTS " + x.name); // left incomplete by a crash
    tx.exec0(x.text);
  }
  return static_cast<int>(missing.size());
}

/// Tables of our names in a database that no migration of ours has touched are somebody else's.
void demand_no_strangers(pqxx::connection& on, const applied_schema& before) {
  if (!before.migrations.empty())
    return;
  const auto found = pqxx::nontransaction{on}.exec1(strangers_sql)[0];
  if (!found.is_null())
    throw migration_refused{
      "this database has tables of another program: " + found.as<std::string>()
      + "; nothing was changed. Is it the old bot's? Make a database of its own for this program, "
        "name it in DATABASE_URL and run migrate again; then name the old one in OLD_DATABASE_URL "
        "and run: neurocards import (docs/moving_in.md)"};
}

} // namespace

std::string to_string(schema_state x) {
  constexpr std::array<const char*, 5> names{"missing", "older", "same", "newer", "edited"};
  return names[static_cast<size_t>(x)];
}

schema_state state_of_schema(pqxx::connection& on, const schema_files& files) {
  return compare(read_applied_schema(on), files);
}

void prove_writable(pqxx::connection& on) {
  pqxx::nontransaction{on}.exec1("SELECT prove_writable()");
}

migration_outcome migrate(const connection_config& config, const schema_files& files) {
  const auto on = reach(config);
  await_turn(*on);
  const auto before = read_applied_schema(*on);
  const auto state = compare(before, files);
  if (state == schema_state::newer)
    throw migration_refused{"a newer version of the program has changed this database: update this "
                            "one; nothing was changed"};
  if (state == schema_state::edited)
    throw migration_refused{"a migration differs from the one that was applied: restore its file"};
  if (state == schema_state::same)
    return {};
  demand_no_strangers(*on, before);
  auto result = apply_in_gaps(*on, config, files, before);
  if (result.migrations > 0 || result.functions > 0)
    log::info("migrate.schema_applied", "migrations", result.migrations, "functions",
              result.functions);
  result.indexes = build_indexes(*on, config, files);
  return result;
}

std::vector<broken_promise> broken_promises(pqxx::connection& on, const schema_files& files,
                                            std::chrono::milliseconds lease) {
  pqxx::read_transaction tx{on};
  tx.exec0("SET LOCAL statement_timeout = 0");
  tx.exec1("SELECT set_config('neurocards.lease', '" + std::to_string(lease.count())
           + " ms', true)");
  std::vector<broken_promise> result;
  for (const auto& row : tx.exec(files.promises))
    result.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str()});
  return result;
}

} // namespace neurocards::db
