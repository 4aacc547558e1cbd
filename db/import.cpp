#include "db/import.hpp"

#include "db/schema_files.hpp"

#include <algorithm>

#include <pqxx/nontransaction>
#include <pqxx/transaction>

namespace neurocards::db {

namespace {

constexpr size_t batch = 500; // rows
constexpr size_t most_told = 20;

std::string text_of(const std::filesystem::path& sql, const char* name) {
  return content_of(sql / "import" / name);
}

std::optional<nlohmann::json> report_in(pqxx::transaction_base& tx) {
  const auto found = tx.exec("SELECT value FROM settings WHERE key = 'import'");
  if (found.empty())
    return std::nullopt;
  return nlohmann::json::parse(found[0][0].c_str());
}

/// Table, content, and what is added to it.
std::string json_of(const old_row& x) {
  return "[\"" + x.source + "\"," + x.content + ","
         + (x.moved.empty() ? "{}" : "{\"moved\":" + x.moved + "}") + "]";
}

void bring(pqxx::transaction_base& tx, const std::vector<old_row>& rows) {
  tx.exec0("CREATE TEMP TABLE old_rows (source text NOT NULL, content jsonb NOT NULL) "
           "ON COMMIT DROP");
  for (size_t begin = 0; begin < rows.size(); begin += batch) {
    std::string part;
    for (size_t i = begin; i < std::min(begin + batch, rows.size()); ++i)
      part += (part.empty() ? "[" : ",") + json_of(rows[i]);
    tx.exec_params0("INSERT INTO old_rows SELECT x->>0, x->1 || (x->2) FROM "
                    "jsonb_array_elements($1::jsonb) x",
                    part + "]");
  }
  tx.exec0("ANALYZE old_rows");
}

/// Throws when a query for what is wrong finds anything.
void demand_nothing(pqxx::transaction_base& tx, const std::string& query) {
  const auto rows = tx.exec(query);
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(rows.size(), most_told); ++i) {
    const auto row = rows[static_cast<pqxx::result::size_type>(i)];
    text += std::string{row[0].c_str()} + ": " + row[1].c_str() + " " + row[2].c_str() + "\n";
  }
  if (rows.size() > most_told)
    text += "and " + std::to_string(rows.size() - most_told) + " more\n";
  if (!text.empty())
    throw import_refused{text + "nothing was imported: this is an error of the program"};
}

nlohmann::json perform(pqxx::work& tx, const std::filesystem::path& sql,
                       const import_order& order) {
  tx.exec0("SET LOCAL statement_timeout = 0");
  tx.exec0("SET LOCAL lock_timeout = 0");
  tx.exec0("SET LOCAL TimeZone = 'UTC'");               // of times without a zone
  tx.exec1("SELECT pg_advisory_xact_lock(7077466174)"); // one at a time
  if (auto earlier = report_in(tx))
    return *earlier;
  bring(tx, order.rows);
  tx.exec_params1("SELECT set_config('neurocards.import_model', $1, true)", order.model);
  tx.exec_params1("SELECT set_config('neurocards.import_open_limit', $1, true)",
                  std::to_string(order.open_limit.count()) + " ms");
  tx.exec(text_of(sql, "read.sql"));
  tx.exec(text_of(sql, "write.sql"));
  demand_nothing(tx, text_of(sql, "differences.sql"));
  demand_nothing(tx, read_schema_files(sql).promises);
  auto report = nlohmann::json::parse(tx.exec1(text_of(sql, "report.sql"))[0].c_str());
  tx.exec_params0("INSERT INTO settings (key, value) VALUES ('import', $1::jsonb || "
                  "jsonb_build_object('imported_at', now()))",
                  report.dump());
  return report;
}

/// PostgreSQL's first line, without its "ERROR:  ".
std::string refusal(const std::string& text) {
  const auto begin = text.find(":  ");
  const auto line = text.substr(0, text.find('\n'));
  return begin < line.size() ? line.substr(begin + 3) : line;
}

} // namespace

std::optional<nlohmann::json> last_import(pqxx::connection& on) {
  pqxx::nontransaction tx{on};
  return report_in(tx);
}

nlohmann::json import_rows(pqxx::connection& on, const std::filesystem::path& sql,
                           const import_order& order) {
  try {
    pqxx::work tx{on};
    auto report = perform(tx, sql, order);
    if (order.commit)
      tx.commit();
    return report;
  } catch (const pqxx::sql_error& err) {
    throw import_refused{refusal(err.what()) + "; nothing was imported"};
  }
}

} // namespace neurocards::db
