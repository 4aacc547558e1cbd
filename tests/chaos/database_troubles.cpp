#include "tests/chaos/database_troubles.hpp"

#include <pqxx/nontransaction>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace neurocards::test::chaos {

namespace {

/// A command that does things to this round's PostgreSQL: `crash`, `standby`, `promote`.
/// script/chaos sets it, because only there the server is the round's own.
const char* server_command() {
  return std::getenv("NEUROCARDS_CHAOS_POSTGRES");
}

void run_on_server(const std::string& deed) {
  const auto call = std::string{server_command()} + " " + deed;
  if (std::system(call.c_str()) != 0) // NOLINT(cert-env33-c): the command is script/chaos' own
    throw std::runtime_error("PostgreSQL did not come back after: " + deed);
}

/// A few of each kind; what somebody else has locked is left alone, so that nobody waits here.
constexpr auto some_rows =
  "SELECT FROM users ORDER BY random() LIMIT 2 FOR UPDATE SKIP LOCKED;"
  "SELECT FROM jobs WHERE status IN ('queued', 'processing') ORDER BY random() LIMIT 4"
  " FOR UPDATE SKIP LOCKED;"
  "SELECT FROM notifications WHERE sent_at IS NULL ORDER BY random() LIMIT 2 FOR UPDATE SKIP "
  "LOCKED;"
  "SELECT FROM sessions ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED";

} // namespace

bool database_troubles::crash() {
  if (standby_until_)
    return false;
  if (server_command()) {
    run_on_server("crash");
    return true;
  }
  const auto own = db_.connect();
  pqxx::nontransaction{*own}.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                  "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  return true;
}

bool database_troubles::become_standby(milliseconds length) {
  if (standby_until_)
    return false;
  if (server_command())
    run_on_server("standby");
  else
    refuse_writes(true);
  standby_until_ = clock::now() + length;
  return true;
}

void database_troubles::refuse_writes(bool refuse) {
  // As the nodes connect, nobody would be let in who could end it.
  pqxx::connection own{db_.url() + (db_.url().find('?') == std::string::npos ? "?" : "&")
                       + "options=-c%20default_transaction_read_only%3Doff"};
  pqxx::nontransaction tx{own};
  const auto name = tx.quote_name(tx.exec1("SELECT current_database()")[0].as<std::string>());
  tx.exec("ALTER DATABASE " + name
          + (refuse ? " SET default_transaction_read_only = on"
                    : " RESET default_transaction_read_only"));
  tx.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

void database_troubles::promote() {
  standby_until_.reset();
  if (server_command())
    run_on_server("promote");
  else
    refuse_writes(false);
}

void database_troubles::lock_rows(milliseconds length) {
  if (standby_until_)
    return;
  stranger x;
  x.connection = db_.connect();
  x.holds = std::make_unique<pqxx::work>(*x.connection);
  x.holds->exec(some_rows);
  x.until = clock::now() + length;
  strangers_.push_back(std::move(x));
}

void database_troubles::step() {
  const auto now = clock::now();
  if (standby_until_ && now >= *standby_until_)
    promote();
  while (!strangers_.empty() && now >= strangers_.front().until)
    strangers_.pop_front(); // rolls back; a connection that was cut meanwhile held nothing any more
}

void database_troubles::calm() {
  if (standby_until_)
    promote();
  strangers_.clear();
}

} // namespace neurocards::test::chaos
