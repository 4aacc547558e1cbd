#pragma once

#include "db/connection.hpp"
#include "db/schema_files.hpp"

#include <stdexcept>

namespace neurocards::db {

/// The database's schema seen from this program.
enum class schema_state : uint8_t {
  missing, // an empty database
  older,   // `migrate` brings it to ours
  same,
  newer,  // a later program has changed tables or replaced functions: this one must not touch it
  edited, // a migration that was applied differs from ours: somebody has to find out why
};

std::string to_string(schema_state);

/// Why `migrate` refuses: the state is `newer` or `edited`, or the tables are another program's.
class migration_refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct migration_outcome {
  int migrations = 0; // applied now
  int functions = 0;  // applied now, new or changed
  int indexes = 0;    // built now, beside the work of others
};

/// Compares without changing anything. Throws what libpqxx throws.
schema_state state_of_schema(pqxx::connection&, const schema_files&);

/// Throws unless the database takes a write now (its schema is ours). Whoever only asks is answered
/// by a standby and by a server whose disk is full, too.
void prove_writable(pqxx::connection&);

/// Brings the database to the schema of `files`: new migrations and functions in one transaction,
/// so that nobody ever finds a function missing; then indexes, beside the work of others. Safe to
/// repeat, and to run from many nodes at once: they take turns. That transaction never waits longer
/// than two seconds for the locks of others, because everybody else waits behind it: it gives up,
/// lets them work and begins anew, for as long as it takes, and logs whom it waits for.
/// Throws `migration_refused`, and what libpqxx throws.
migration_outcome migrate(const connection_config&, const schema_files&);

/// A row of sql/audit/promises.sql.
struct broken_promise {
  std::string promise;
  std::string subject;
  std::string detail;
};

/// Proves the promises on the running database; empty: all hold. Reads whole tables.
std::vector<broken_promise> broken_promises(pqxx::connection&, const schema_files&,
                                            std::chrono::milliseconds lease);

} // namespace neurocards::db
