#pragma once

#include "tests/support/databases.hpp"

#include <map>
#include <string>

namespace neurocards::test {

/// A database in which every statement of every PL/pgSQL function, every change of a row and every
/// commit counts, and can be made to fail.
class failing_statements {
public:
  explicit failing_statements(migrated_database&);

  /// The n-th such point fails (1: the first), and no other; 0: none does. Counts anew.
  void fail_at(int64_t point);

  /// How many points were passed since, those included that were rolled back.
  int64_t passed();

  /// How many statements of a function can fail.
  int statements_of(const std::string& function) const;

  /// The rows of all tables, table by table.
  std::map<std::string, std::string> contents();

private:
  void instrument_functions();
  void instrument_tables();

  migrated_database& db_;
  std::map<std::string, int> statements_;
};

} // namespace neurocards::test
