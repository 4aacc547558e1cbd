#include "db/role_locks.hpp"

#include "db/connection.hpp"

#include <pqxx/nontransaction>

namespace neurocards::db {

namespace {

/// Two keys, so that they are no leader's lock to who lists those.
const std::string unable = "(hashtext('neurocards.unable'), hashtext($1))";
const std::string able = "(hashtext('neurocards.able'), hashtext($1))";

} // namespace

bool role_locks::ask(const std::string& expression) {
  pqxx::nontransaction tx{on_};
  return tx.exec_params1("SELECT " + expression, role_)[0].as<bool>();
}

void role_locks::limit_silence(std::chrono::milliseconds limit) {
  pqxx::nontransaction tx{on_};
  tx.exec0("SET idle_session_timeout = " + std::to_string(limit.count()));
}

void role_locks::hold_name(const uuid& member) {
  pqxx::nontransaction tx{on_};
  tx.exec_params("SELECT pg_advisory_lock_shared(hashtext('neurocards.member'), hashtext($1))",
                 to_string(member));
}

/// A standby has locks of its own: who won one there would lead beside the leader of the primary.
bool role_locks::take_leadership() {
  demand_writable(on_);
  return ask("pg_try_advisory_lock(hashtextextended('neurocards.leader:' || $1, 0))");
}

void role_locks::say_unable(bool x) {
  if (x == says_unable_)
    return;
  // Taken without waiting: a standby that looks holds it for a moment, and there is a next time.
  const bool done = ask((x ? "pg_try_advisory_lock" : "pg_advisory_unlock") + unable);
  says_unable_ = x ? done : false;
}

/// Nobody else holds the shared lock if we get it for ourselves.
bool role_locks::somebody_is_able() {
  return !ask("CASE WHEN pg_try_advisory_lock" + able + " THEN pg_advisory_unlock" + able
              + " ELSE false END");
}

bool role_locks::leader_is_unable() {
  return !ask("CASE WHEN pg_try_advisory_lock_shared" + unable + " THEN pg_advisory_unlock_shared"
              + unable + " ELSE false END");
}

void role_locks::say_able(bool x) {
  if (x == says_able_)
    return;
  const bool done = ask((x ? "pg_try_advisory_lock_shared" : "pg_advisory_unlock_shared") + able);
  says_able_ = x ? done : false;
}

} // namespace neurocards::db
