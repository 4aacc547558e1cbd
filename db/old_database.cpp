#include "db/old_database.hpp"

#include "db/connection.hpp"
#include "db/connection_url.hpp"
#include "domain/old_schema.hpp"

#include <algorithm>
#include <stdexcept>

#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/transaction>

namespace neurocards::db {

namespace {

using snapshot = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

// `prompt` holds up to 70 kB of a copy of other columns: it stays where it is.
constexpr const char* rows_sql = "SELECT (to_jsonb(t) - 'prompt')::text FROM ";

// The tables that the address's search_path shows.
constexpr const char* columns_sql =
  "SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c "
  "JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'p', 'v', 'm') "
  "AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped "
  "AND c.relname = ANY ($1::text[]) ORDER BY 1, a.attnum";

std::string tables_array() {
  std::string result = "{schema_migrations";
  for (const auto& x : old_bot::tables())
    result += "," + x;
  return result + "}";
}

std::vector<old_bot::column> columns_of(snapshot& tx) {
  std::vector<old_bot::column> result;
  for (const auto& row : tx.exec_params(columns_sql, tables_array()))
    result.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str()});
  return result;
}

void demand_old_schema(const std::vector<old_bot::column>& columns) {
  if (std::ranges::any_of(columns, [](const auto& x) { return x.table == "schema_migrations"; }))
    throw std::runtime_error{"OLD_DATABASE_URL names a database of this program; allowed: that of "
                             "the bot which it takes the place of"};
  std::string text;
  for (const auto& fault : old_bot::faults_of(columns))
    text += (text.empty() ? "" : "\n") + fault;
  if (!text.empty())
    throw std::runtime_error{text};
}

std::vector<old_row> rows_of(snapshot& tx) {
  const auto columns = columns_of(tx);
  demand_old_schema(columns);
  std::vector<old_row> result;
  for (const auto& table : old_bot::tables()) {
    if (std::ranges::none_of(columns, [&](const auto& x) { return x.table == table; }))
      continue;
    for (const auto& row : tx.exec(rows_sql + table + " t"))
      result.push_back({table, row[0].c_str(), {}});
  }
  return result;
}

} // namespace

std::vector<old_row> read_old_database(const std::string& url) {
  if (const auto fault = url_fault(url); !fault.empty())
    throw std::runtime_error{"OLD_DATABASE_URL: " + fault};
  auto address = with_parameter(url, "application_name", "neurocards import");
  address = with_parameter(address, "connect_timeout", "5");
  address = with_own_parameter(address, "client_encoding", "UTF8");
  try {
    pqxx::connection on{address};
    // Columns without a zone hold UTC, and their times are written as if they had it.
    pqxx::nontransaction{on}.exec0("SET TimeZone = 'UTC'");
    pqxx::nontransaction{on}.exec0("SET statement_timeout = 0");
    snapshot tx{on};
    return rows_of(tx);
  } catch (const pqxx::failure& err) {
    throw std::runtime_error{"the old database cannot be read: " + std::string{err.what()}};
  }
}

} // namespace neurocards::db
