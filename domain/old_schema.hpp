#pragma once

#include <string>
#include <vector>

/// Whether a database is one of the superseded bot, of either generation and whatever hands have
/// done to it since.
namespace neurocards::old_bot {

struct column {
  std::string table;
  std::string name;
  std::string type; // as PostgreSQL writes it
};

/// The tables that are read; all but the first two may be missing.
const std::vector<std::string>& tables();

/// Why rows of these columns cannot be taken over, one line each, with table, column and what is
/// allowed; empty: they can. Columns that are not needed may be missing.
std::vector<std::string> faults_of(const std::vector<column>&);

} // namespace neurocards::old_bot
