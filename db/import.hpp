#pragma once

#include "db/old_database.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <pqxx/connection>

namespace neurocards::db {

/// Why nothing was imported: what the rows or this database do not allow, or what would have been
/// lost. One line each.
class import_refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct import_order {
  std::vector<old_row> rows;
  std::string model;  // of the tasks that go on
  bool commit = true; // false: do everything, prove it, and take it back
  std::chrono::milliseconds open_limit = std::chrono::hours{24}; // older open orders are given back
};

/// What the import that was made has told, if there was one.
std::optional<nlohmann::json> last_import(pqxx::connection&);

/// Writes an installation of the superseded bot into our schema by the files of `sql`/import: all
/// in one transaction, which proves before its end that nothing was lost and no promise is broken.
/// Returns the report, which it also leaves for `last_import`. Throws `import_refused`.
nlohmann::json import_rows(pqxx::connection&, const std::filesystem::path& sql,
                           const import_order&);

} // namespace neurocards::db
