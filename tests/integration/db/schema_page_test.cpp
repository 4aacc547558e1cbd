#include "tests/support/folders.hpp"
#include "tests/support/postgres.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

// docs/schema.md: its diagram is made from a migrated database, its table of tables is written by
// hand and must be complete.

using namespace neurocards;
using namespace neurocards::test;

namespace {

const std::string page_name = "docs/schema.md";
const std::string first_line = "```mermaid\n";
const std::string last_line = "```\n";

std::string read_page() {
  std::ifstream in{test::in_source(page_name)};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Mermaid takes one word for a type, and nothing but letters for what follows a column.
const char* const columns = R"(
SELECT c.relname AS table_name, a.attname AS column_name,
       replace(replace(replace(format_type(a.atttypid, a.atttypmod),
                               'timestamp with time zone', 'timestamptz'), 'double precision', 'float8'), ' ', '_')
         AS type_name,
       concat_ws(', ',
         CASE WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'
                              AND a.attnum = ANY (k.conkey)) THEN 'PK' END,
         CASE WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                              AND a.attnum = ANY (k.conkey)) THEN 'FK' END) AS keys
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY c.relname, a.attnum)";

// Solid lines are foreign keys. Dotted ones are columns that name a row of another table without
// one: a foreign key would cost a lookup and a row lock in the hottest paths, or the other row may
// go first.
const char* const references = R"(
WITH meant (column_name, parent) AS (
  VALUES ('job_id', 'jobs'), ('tg_user_id', 'users'), ('claimed_by', 'nodes'),
         ('kie_api_key', 'kie_keys'), ('model', 'kie_models'), ('provider', 'providers')
), columns AS (
  SELECT c.oid, c.relname, a.attname, a.attnum, a.attnotnull,
         EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL
                    AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS once
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
), keys AS (
  SELECT conrelid, conkey[1] AS attnum, confrelid::regclass::text AS parent FROM pg_constraint WHERE contype = 'f'
)
SELECT coalesce(k.parent, m.parent) AS parent, c.relname AS child, c.attname AS column_name,
       c.attnotnull AS always, c.once, k.parent IS NOT NULL AS enforced
  FROM columns c
       LEFT JOIN keys k ON k.conrelid = c.oid AND k.attnum = c.attnum
       LEFT JOIN meant m ON m.column_name = c.attname AND m.parent <> c.relname -- not its own key
 WHERE coalesce(k.parent, m.parent) IS NOT NULL
 ORDER BY 1, 2, 3)";

std::string diagram_of(migrated_database& db) {
  std::string text = "erDiagram\n";
  for (const auto& row : db.sql(references)) {
    const std::string ends = std::string{row["always"].as<bool>() ? "||" : "|o"}
                             + (row["enforced"].as<bool>() ? "--" : "..")
                             + (row["once"].as<bool>() ? "o|" : "o{");
    text += "  " + row["parent"].as<std::string>() + " " + ends + " "
            + row["child"].as<std::string>() + " : " + row["column_name"].as<std::string>() + "\n";
  }
  std::string table;
  for (const auto& row : db.sql(columns)) {
    const auto name = row["table_name"].as<std::string>();
    if (name != table)
      text += (table.empty() ? "  " : "  }\n  ") + name + " {\n";
    table = name;
    const auto keys = row["keys"].as<std::string>();
    text += "    " + row["type_name"].as<std::string>() + " " + row["column_name"].as<std::string>()
            + (keys.empty() ? "" : " " + keys) + "\n";
  }
  return text + "  }\n";
}

/// The page with another diagram.
std::string with_diagram(const std::string& page, const std::string& diagram) {
  const auto begin = page.find(first_line);
  REQUIRE(begin != std::string::npos);
  const auto end = page.find(last_line, begin + first_line.size());
  REQUIRE(end != std::string::npos);
  return page.substr(0, begin + first_line.size()) + diagram + page.substr(end);
}

} // namespace

TEST_SUITE_BEGIN("integration/db/schema_page");

TEST_CASE_FIXTURE(migrated_database,
                  "schema: docs/schema.md draws the schema that migrations make") {
  const auto page = read_page();
  const auto expected = with_diagram(page, diagram_of(*this));
  if (std::getenv("NEUROCARDS_WRITE") != nullptr)
    std::ofstream{test::in_source(page_name)} << expected;
  INFO("the diagram is made from the database: run integration_tests with NEUROCARDS_WRITE=1");
  CHECK(page == expected);
}

TEST_CASE_FIXTURE(migrated_database, "schema: docs/schema.md says of every table what a row is") {
  const auto page = read_page();
  int tables = 0;
  for (const auto& row : sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND "
                             "relnamespace = current_schema()::regnamespace ORDER BY 1")) {
    const auto name = row[0].as<std::string>();
    INFO("a line for the table ", name);
    CHECK(page.find("| `" + name + "` |") != std::string::npos);
    tables++;
  }
  CHECK(tables > 10);
  // and of no other
  std::istringstream lines{page};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `"))
      continue;
    const auto name = line.substr(3, line.find('`', 3) - 3);
    CAPTURE(name);
    CHECK(value("SELECT to_regclass(" + own().quote(name) + ") IS NOT NULL") == "t");
  }
}

TEST_SUITE_END();
