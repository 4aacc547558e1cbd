#include "db/role_locks.hpp"

#include "db/array_text.hpp"

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards::db {

namespace {

/// Two keys, so that they are no leader's lock to who lists those.
const std::string unable = "(hashtext('neurocards.unable'), hashtext($1))";
const std::string able = "(hashtext('neurocards.able'), hashtext($1))";
const std::string leadership = "(hashtextextended('neurocards.leader:' || $1, 0))";
const std::string member_name = "(hashtext('neurocards.member'), hashtext($1))";

constexpr auto statement_name = "take_leaderships";

/// A standby server has locks of its own: who won one there would lead beside the leader of the
/// primary. Of `unable` the shared lock is taken for a moment: it is free unless a leader holds it.
constexpr auto statement_text = R"(
  WITH server AS MATERIALIZED (
    SELECT NOT pg_is_in_recovery()
           AND NOT current_setting('transaction_read_only')::boolean AS takes_writes
  )
  SELECT s.takes_writes, CASE
      WHEN r.name IS NULL OR NOT s.takes_writes THEN NULL
      WHEN pg_try_advisory_lock(hashtextextended('neurocards.leader:' || r.name, 0)) THEN 0
      WHEN pg_try_advisory_lock_shared(hashtext('neurocards.unable'), hashtext(r.name))
        THEN CASE WHEN pg_advisory_unlock_shared(hashtext('neurocards.unable'), hashtext(r.name))
          THEN 1 END
      ELSE 2 END AS standing
    FROM server s LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS r(name, number) ON true
   ORDER BY r.number)";

} // namespace

void limit_silence(pqxx::connection& on, std::chrono::milliseconds limit) {
  pqxx::nontransaction{on}.exec0("SET idle_session_timeout = " + std::to_string(limit.count()));
}

void prepare_leaderships(pqxx::connection& on) {
  on.prepare(statement_name, statement_text);
}

std::vector<standing> take_leaderships(pqxx::connection& on,
                                       const std::vector<std::string>& roles) {
  array_text names;
  for (const auto& role : roles)
    names.add(std::string_view{role});
  const auto rows = pqxx::nontransaction{on}.exec_prepared(statement_name, names.str());
  std::vector<standing> result;
  for (const auto& row : rows) {
    if (!row["takes_writes"].as<bool>())
      throw pqxx::broken_connection{"the database takes no writes: it is a standby or read-only"};
    if (!row["standing"].is_null())
      result.push_back(static_cast<standing>(row["standing"].as<int>()));
  }
  return result;
}

bool role_locks::ask(const std::string& expression) {
  pqxx::nontransaction tx{on_};
  return tx.exec_params1("SELECT " + expression, role_)[0].as<bool>();
}

void role_locks::hold_name(const uuid& member) {
  pqxx::nontransaction tx{on_};
  tx.exec_params("SELECT pg_advisory_lock_shared" + member_name, to_string(member));
}

void role_locks::free_name(const uuid& member) {
  pqxx::nontransaction tx{on_};
  tx.exec_params("SELECT pg_advisory_unlock_shared" + member_name, to_string(member));
}

void role_locks::end_leadership() {
  say_unable(false);
  ask("pg_advisory_unlock" + leadership);
}

void role_locks::say_unable(bool x) {
  if (x == says_unable_)
    return;
  // Taken without waiting: a standby that checks holds it for a moment, and there is a next time.
  const bool done = ask((x ? "pg_try_advisory_lock" : "pg_advisory_unlock") + unable);
  says_unable_ = x ? done : false;
}

/// Nobody else holds the shared lock if we get it for ourselves.
bool role_locks::somebody_is_able() {
  return !ask("CASE WHEN pg_try_advisory_lock" + able + " THEN pg_advisory_unlock" + able
              + " ELSE false END");
}

void role_locks::say_able(bool x) {
  if (x == says_able_)
    return;
  const bool done = ask((x ? "pg_try_advisory_lock_shared" : "pg_advisory_unlock_shared") + able);
  says_able_ = x ? done : false;
}

} // namespace neurocards::db
