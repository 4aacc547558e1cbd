#pragma once

#include <string>
#include <vector>

namespace neurocards::db {

/// A row of the superseded bot's database as it stands, without knowledge of its columns.
struct old_row {
  std::string source;  // its table
  std::string content; // JSON, in PostgreSQL's own spelling of numbers and times
  std::string moved;   // of a job: JSON of what was understood of it, for sql/import
};

/// Reads the superseded bot's database in one snapshot, from the schema that its address shows,
/// and never writes: its program may run meanwhile. Throws `std::runtime_error` with what keeps the
/// rows from being taken over, or why they cannot be read; never with the address.
std::vector<old_row> read_old_database(const std::string& url);

} // namespace neurocards::db
