#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <pqxx/connection>

namespace neurocards::db {

/// How to reach PostgreSQL, and how long to wait for it.
struct connection_config {
  std::string url; // DATABASE_URL: postgres://… or key=value pairs
  std::string application_name = "neurocards";
  std::chrono::seconds connect_timeout{5};
  std::chrono::milliseconds statement_timeout{5'000}; // 0: none

  /// 0: none. Longer than PostgreSQL's deadlock_timeout (1 s), so that a deadlock is told as one.
  std::chrono::milliseconds lock_timeout{2'000};
};

/// Opens a connection that never reconnects by itself and finds a dead peer within about ten
/// seconds on either side. Only a server that takes writes will do, whatever the URL says: of
/// several hosts (or addresses) the first that does; a standby answers questions, and what was
/// decided there could not be written down. Throws `pqxx::broken_connection`.
std::unique_ptr<pqxx::connection> connect(const connection_config&);

/// Throws unless the server takes writes now: `pqxx::broken_connection` if it is a standby or
/// read-only, which a question would not show.
void demand_writable(pqxx::connection_base&);

/// True if the peer has said something while nobody asked: it has closed the connection.
bool has_hung_up(const pqxx::connection_base&);

/// `url` with "key=value" added in its own syntax, unless it names the key already.
std::string with_parameter(const std::string& url, const std::string& key,
                           const std::string& value);

/// The same, whatever `url` says of the key.
std::string with_own_parameter(const std::string& url, const std::string& key,
                               const std::string& value);

} // namespace neurocards::db
