#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace neurocards::db {

/// sql/migrations/NNNN_subject.sql: changes tables, once, for ever.
struct migration {
  int version = 0;
  std::string name; // of the file
  std::string text;
  std::string checksum;
};

/// sql/functions/NAME.sql: applied again whenever its text changes.
struct function_file {
  std::string name;
  std::string text;
  std::string checksum;
};

/// What the program's schema consists of.
struct schema_files {
  std::vector<migration> migrations; // by version; gaps are allowed
  std::vector<function_file> functions;
  std::string promises; // sql/audit/promises.sql: a query with a row per broken promise
};

/// Reads the folder `sql`. Throws `std::runtime_error` if it is missing or two migrations have one
/// number.
schema_files read_schema_files(const std::filesystem::path& sql);

} // namespace neurocards::db
