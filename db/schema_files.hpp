#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace neurocards::db {

/// A whole file of SQL. Throws std::runtime_error that names it when it cannot be read or is empty.
std::string content_of(const std::filesystem::path& file);

/// An index that is built while everybody works: CREATE [UNIQUE] INDEX CONCURRENTLY name ON …
struct index_statement {
  std::string name;
  std::string text;
};

/// sql/migrations/NNNN_subject.sql: changes tables, once, for ever. What follows the line
/// `-- concurrently` are indexes of tables that may be big: each is built after the transaction of
/// `text`, outside of any, and again whenever it is missing or was left incomplete. A released file
/// may only change how it makes what it made before; then the line `-- recorded as CHECKSUM` keeps
/// the checksum by which databases and older programs know it.
struct migration {
  int version = 0;
  std::string name; // of the file
  std::string text;
  std::string checksum; // of the whole file as it was released
  std::vector<index_statement> indexes{};
};

/// sql/functions/NAME.sql: applied again whenever its text changes.
struct function_file {
  std::string name;
  std::string text;
  std::string checksum;
};

/// What the program's schema consists of.
struct schema_files {
  std::vector<migration> migrations; // by version
  std::vector<function_file> functions;
  std::string promises; // sql/audit/promises.sql: a query with a row per broken promise
  std::string program;  // the version of the program whose files these are
};

/// Reads the folder `sql`. Throws `std::runtime_error` if it is missing, if two migrations have one
/// number, or if something but indexes follows `-- concurrently`.
schema_files read_schema_files(const std::filesystem::path& sql);

} // namespace neurocards::db
