#pragma once

#include <pqxx/connection>

namespace neurocards::db {

struct connection_config;

/// A database that this program cannot work with, however long one waits.
struct unfit_database : pqxx::broken_connection {
  using pqxx::broken_connection::broken_connection;
};

/// Sets on a new connection everything our statements and readers depend on, whatever the role, the
/// database, the server's file or the environment (PGOPTIONS, PGTZ, …) say. The only place that
/// does. Throws `unfit_database` for what cannot be set: an encoding that cannot hold what people
/// write, triggers that are switched off.
void apply_session_settings(pqxx::connection&, const connection_config&);

} // namespace neurocards::db
