#include "db/applied_schema.hpp"

#include <algorithm>
#include <charconv>

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::db {

namespace {

/// 1.10.2 is later than 1.9: compared by numbers.
std::vector<int> numbers_of(const std::string& version) {
  std::vector<int> result;
  const char* const end = version.data() + version.size();
  for (const char* position = version.data(); position < end;) {
    int number = 0;
    const auto [next, err] = std::from_chars(position, end, number);
    if (err != std::errc{})
      break;
    result.push_back(number);
    position = next < end ? next + 1 : end;
  }
  return result;
}

bool has_table(pqxx::nontransaction& tx, const std::string& name) {
  return !tx.exec1("SELECT to_regclass('" + name + "')")[0].is_null();
}

} // namespace

applied_schema read_applied_schema(pqxx::connection& on) {
  applied_schema result;
  pqxx::nontransaction tx{on};
  result.exists = has_table(tx, "schema_migrations");
  if (!result.exists)
    return result;
  for (const auto& row : tx.exec("SELECT version, checksum FROM schema_migrations"))
    result.migrations[row[0].as<int>()] = row[1].c_str();
  // `to_jsonb`: an old database has no such column yet.
  for (const auto& row : tx.exec("SELECT name, checksum, coalesce(to_jsonb(f)->>'program', '') "
                                 "FROM schema_functions f"))
    result.functions[row[0].c_str()] = {row[1].c_str(), row[2].c_str()};
  if (has_table(tx, "schema_replaced"))
    for (const auto& row : tx.exec("SELECT name, checksum FROM schema_replaced"))
      result.replaced.emplace(row[0].c_str(), row[1].c_str());
  for (const auto& row :
       tx.exec("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
               "WHERE i.indisvalid AND c.relnamespace = to_regnamespace(current_schema())"))
    result.indexes.insert(row[0].c_str());
  return result;
}

bool superseded(const applied_schema& applied, const schema_files& files,
                const function_file& ours) {
  const auto theirs = applied.functions.find(ours.name);
  if (theirs == applied.functions.end() || theirs->second.checksum == ours.checksum)
    return false;
  const auto installed_by = numbers_of(theirs->second.program);
  const auto us = numbers_of(files.program);
  return installed_by > us
         || (installed_by == us && applied.replaced.contains({ours.name, ours.checksum}));
}

std::vector<index_statement> missing_indexes(const applied_schema& applied,
                                             const schema_files& files) {
  std::vector<index_statement> result;
  for (auto from = files.migrations.begin(); from != files.migrations.end(); ++from)
    for (const auto& index : from->indexes) {
      // A later migration that names it takes care of it (dropped it, say).
      const bool settled = std::any_of(std::next(from), files.migrations.end(), [&](auto& later) {
        return later.text.find(index.name) != std::string::npos;
      });
      if (!settled && !applied.indexes.contains(index.name))
        result.push_back(index);
    }
  return result;
}

schema_state compare(const applied_schema& applied, const schema_files& files) {
  if (!applied.exists || applied.migrations.empty())
    return schema_state::missing;
  bool complete = missing_indexes(applied, files).empty();
  size_t known = 0;
  for (const auto& ours : files.migrations) {
    const auto theirs = applied.migrations.find(ours.version);
    if (theirs == applied.migrations.end())
      complete = false;
    else if (theirs->second != ours.checksum)
      return schema_state::edited;
    else
      ++known;
  }
  if (known < applied.migrations.size())
    return schema_state::newer;
  for (const auto& ours : files.functions) {
    if (superseded(applied, files, ours))
      return schema_state::newer;
    const auto theirs = applied.functions.find(ours.name);
    complete =
      complete && theirs != applied.functions.end() && theirs->second.checksum == ours.checksum;
  }
  return complete ? schema_state::same : schema_state::older;
}

} // namespace neurocards::db
