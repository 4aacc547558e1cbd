#pragma once

#include <string>
#include <vector>

namespace neurocards::bench {

/// A job's life in SQL: each step is one statement for `batch` lives of one of the clients.
struct life_statements {
  std::string order; // job, charge and ledger row
  std::vector<std::string>
    steps; // claim, task, completion with its message, sent; of what it holds
};

/// The least tables that could do, which `bare_schema` makes.
extern const char* const bare_schema;
life_statements bare_statements(int client, int batch);

/// Our own tables with all their columns, constraints and indexes, of which `our_users` have
/// credits.
extern const char* const our_users;
life_statements our_statements(int client, int batch);

} // namespace neurocards::bench
