#pragma once

#include "db/migrate.hpp"

#include <map>
#include <set>

namespace neurocards::db {

/// What the database's own books say of its schema.
struct applied_schema {
  struct function {
    std::string checksum;
    std::string program; // version of the one that installed it; empty: before versions were kept
  };

  bool exists = false;
  std::map<int, std::string> migrations; // version → checksum
  std::map<std::string, function> functions;
  std::set<std::pair<std::string, std::string>> replaced; // texts (name, checksum) of the past
  std::set<std::string> indexes;                          // complete ones
};

applied_schema read_applied_schema(pqxx::connection&);

schema_state compare(const applied_schema&, const schema_files&);

/// Whether a later program than `files` comes from has replaced our text of this function: ours is
/// one of the past, or a later version has installed another.
bool superseded(const applied_schema&, const schema_files&, const function_file& ours);

/// Those of `files` that are missing or were left incomplete.
std::vector<index_statement> missing_indexes(const applied_schema&, const schema_files&);

} // namespace neurocards::db
