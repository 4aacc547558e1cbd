#include "db/migrate.hpp"

#include "base/log.hpp"

#include <array>
#include <map>

#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/transaction>

namespace neurocards::db {

namespace {

// Any number will do, as long as every version of the program uses the same one.
constexpr const char* lock_sql = "SELECT pg_advisory_lock(7077466173)";

struct applied_schema {
  bool exists = false;
  std::map<int, std::string> migrations;        // version → checksum
  std::map<std::string, std::string> functions; // name → checksum
};

applied_schema read_applied(pqxx::connection& on) {
  applied_schema result;
  pqxx::nontransaction tx{on};
  result.exists = !tx.exec1("SELECT to_regclass('schema_migrations')")[0].is_null();
  if (!result.exists)
    return result;
  for (const auto& row : tx.exec("SELECT version, checksum FROM schema_migrations"))
    result.migrations[row[0].as<int>()] = row[1].c_str();
  for (const auto& row : tx.exec("SELECT name, checksum FROM schema_functions"))
    result.functions[row[0].c_str()] = row[1].c_str();
  return result;
}

schema_state compare(const applied_schema& applied, const schema_files& files) {
  if (!applied.exists || applied.migrations.empty())
    return schema_state::missing;
  if (applied.migrations.rbegin()->first > files.migrations.back().version)
    return schema_state::newer;
  bool complete = true;
  for (const auto& ours : files.migrations) {
    const auto theirs = applied.migrations.find(ours.version);
    if (theirs == applied.migrations.end())
      complete = false;
    else if (theirs->second != ours.checksum)
      return schema_state::edited;
  }
  for (const auto& ours : files.functions) {
    const auto theirs = applied.functions.find(ours.name);
    complete = complete && theirs != applied.functions.end() && theirs->second == ours.checksum;
  }
  return complete ? schema_state::same : schema_state::older;
}

void create_books(pqxx::connection& on) {
  pqxx::work tx{on};
  tx.exec0(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version int PRIMARY KEY, name text NOT NULL, "
    "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  tx.exec0("CREATE TABLE IF NOT EXISTS schema_functions (name text PRIMARY KEY, "
           "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  tx.commit();
}

void apply(pqxx::connection& on, const migration& x) {
  pqxx::work tx{on};
  tx.exec(x.text);
  tx.exec_params0("INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                  x.version, x.name, x.checksum);
  tx.commit();
  log::info("migrate.migration_applied", "name", x.name);
}

int apply_functions(pqxx::connection& on, const schema_files& files,
                    const applied_schema& applied) {
  pqxx::work tx{on};
  // They call each other: bodies are not checked before all of them are there.
  tx.exec0("SET LOCAL check_function_bodies = off");
  int count = 0;
  for (const auto& x : files.functions) {
    const auto theirs = applied.functions.find(x.name);
    if (theirs != applied.functions.end() && theirs->second == x.checksum)
      continue;
    tx.exec(x.text);
    tx.exec_params0("INSERT INTO schema_functions (name, checksum) VALUES ($1, $2) "
                    "ON CONFLICT (name) DO UPDATE SET checksum = $2, applied_at = now()",
                    x.name, x.checksum);
    ++count;
  }
  tx.commit();
  return count;
}

} // namespace

std::string to_string(schema_state x) {
  constexpr std::array<const char*, 5> names{"missing", "older", "same", "newer", "edited"};
  return names[static_cast<size_t>(x)];
}

schema_state state_of_schema(pqxx::connection& on, const schema_files& files) {
  return compare(read_applied(on), files);
}

migration_outcome migrate(const connection_config& config, const schema_files& files) {
  auto patient = config;
  patient.statement_timeout = {}; // others may migrate for long, and indexes take their time
  patient.lock_timeout = {};
  const auto on = connect(patient);
  pqxx::nontransaction{*on}.exec1(lock_sql); // until the connection closes
  const auto before = read_applied(*on);
  const auto state = compare(before, files);
  if (state == schema_state::newer)
    throw migration_refused{
      "the database was made by a newer version of the program: update this one"};
  if (state == schema_state::edited)
    throw migration_refused{"a migration differs from the one that was applied: restore its file"};
  migration_outcome result;
  if (state == schema_state::same)
    return result;
  if (!before.exists)
    create_books(*on);
  for (const auto& x : files.migrations) {
    if (before.migrations.contains(x.version))
      continue;
    apply(*on, x);
    ++result.migrations;
  }
  result.functions = apply_functions(*on, files, before);
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
