#include "node/cli/verbs.hpp"

#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/words.hpp"

#include <iostream>

/// The verbs about users.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

int set_ban(const invocation& in, const char* banned, const std::string& done) {
  const auto id = user_word(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  if (db.value("SELECT to_jsonb(ban_user($1::bigint, $2::boolean))", {id, banned})
      != json(true)) // braces would make a list
    throw std::runtime_error{"there is no user " + id};
  std::cout << "User " << id << ": " << done << ".\n";
  return 0;
}

} // namespace

int users_show(const invocation& in) {
  const auto id = user_word(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto user = db.value("SELECT users_show($1::bigint)", {id});
  if (user.is_null())
    throw std::runtime_error{"there is no user " + id};
  if (in.flags.contains("--json")) {
    std::cout << user.dump(2) << '\n';
    return 0;
  }
  std::cout << fields_text(user) << '\n'
            << table_of(user["ledger"], {"TIME", "CREDITS", "KIND", "JOB", "NOTE"},
                        {"created_at", "amount", "kind", "job_id", "note"},
                        "No credit has moved yet.")
            << '\n'
            << table_of(user["jobs"], {"JOB", "STATUS", "ATTEMPTS", "ORDERED", "ERROR"},
                        {"id", "status", "attempts", "created_at", "error"},
                        "No job was ordered yet.");
  return 0;
}

int users_grant(const invocation& in) {
  const auto id = user_word(in);
  const auto amount = number_word(in, 1, "amount; negative takes credits back");
  if (amount == 0 || amount > 1'000'000 || amount < -1'000'000)
    throw wrong_usage{"AMOUNT: " + std::to_string(amount)
                      + " is not allowed; allowed: 1 to 1000000, or -1 to -1000000"};
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto balance =
    db.value("SELECT to_jsonb(grant_and_tell($1::bigint, $2::int, 'granted by an operator'))",
             {id, std::to_string(amount)});
  std::cout << "User " << id << ": " << (amount > 0 ? "+" : "") << amount << " credits, balance "
            << balance << ".\n";
  return 0;
}

int users_ban(const invocation& in) {
  return set_ban(in, "true", "banned, no more orders are taken");
}

int users_unban(const invocation& in) {
  return set_ban(in, "false", "may order again");
}

} // namespace neurocards::verbs
