#include "db/session_settings.hpp"

#include "db/connection.hpp"

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::db {

namespace {

/// Those that the server knows and lets us set. `search_path`: wherever our functions are; before
/// they are anywhere, where the role creates things. Not among them: what an operator decides
/// (synchronous_commit, default_transaction_read_only) and what only changes speed.
constexpr const char* settings_sql = R"(
  SELECT count(pg_catalog.set_config(s.name, w.value, false))
    FROM (VALUES
      ('client_encoding', 'UTF8'),        -- names and texts as they are
      ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'),
      ('bytea_output', 'hex'), ('standard_conforming_strings', 'on'), ('extra_float_digits', '1'),
      ('array_nulls', 'on'), ('transform_null_equals', 'off'), ('quote_all_identifiers', 'off'),
      ('default_transaction_isolation', 'read committed'), ('default_transaction_deferrable', 'off'),
      ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
      ('transaction_timeout', '0'),
      ('statement_timeout', $1), ('lock_timeout', $2),
      ('row_security', 'on'), ('check_function_bodies', 'on'),
      ('exit_on_error', 'off'), ('session_replication_role', 'origin'),
      -- The server must let go of a peer that was cut off, or its locks would outlive it for hours.
      ('tcp_keepalives_idle', '5'), ('tcp_keepalives_interval', '2'), ('tcp_keepalives_count', '3'),
      ('tcp_user_timeout', '10000'),
      ('search_path', coalesce(
        (SELECT pg_catalog.quote_ident(n.nspname)
           FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
          WHERE p.proname = 'create_job_and_consume_credit'
          ORDER BY pg_catalog.pg_function_is_visible(p.oid) DESC, n.nspname = 'public' DESC, n.nspname
          LIMIT 1),
        pg_catalog.quote_ident(nullif(pg_catalog.current_schema(), 'pg_catalog')), 'public') || ', pg_temp')
    ) AS w(name, value)
    JOIN pg_catalog.pg_settings s ON pg_catalog.lower(s.name) = pg_catalog.lower(w.name)
   WHERE s.context = 'user'
      OR (s.context = 'superuser'
          AND (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)))";

constexpr const char* facts_sql =
  "SELECT pg_catalog.getdatabaseencoding(), pg_catalog.current_database(), "
  "pg_catalog.current_setting('session_replication_role')";

} // namespace

void apply_session_settings(pqxx::connection& on, const connection_config& config) {
  pqxx::nontransaction tx{on};
  // First of all: limits of others may be shorter than the rest takes, and libpq writes what
  // servers tell to standard error by itself, where a reader may keep it waiting.
  tx.exec0("SET statement_timeout = 0; SET idle_session_timeout = 0; SET lock_timeout = 0; "
           "SET client_min_messages = error");
  tx.exec_params1(settings_sql, std::to_string(config.statement_timeout.count()),
                  std::to_string(config.lock_timeout.count()));
  const auto facts = tx.exec1(facts_sql);
  const std::string encoding = facts[0].c_str();
  // SQL_ASCII takes bytes as they come, and all of ours are UTF-8.
  if (encoding != "UTF8" && encoding != "SQL_ASCII")
    throw unfit_database{"the database " + std::string{facts[1].c_str()} + " has the encoding "
                         + encoding
                         + ", which cannot hold every text that people write; allowed: "
                           "UTF8 (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)"};
  if (std::string{facts[2].c_str()} != "origin")
    throw unfit_database{"session_replication_role is " + std::string{facts[2].c_str()}
                         + " for this role or database, which switches our triggers off; allowed: "
                           "origin (ALTER ROLE … RESET session_replication_role)"};
}

} // namespace neurocards::db
