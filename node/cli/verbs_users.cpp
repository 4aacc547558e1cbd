#include "node/cli/verbs.hpp"

#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/words.hpp"

#include <iostream>

/// The verbs about users.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

int set_ban(const invocation& in, bool banned, const std::string& done) {
  const auto id = user_word(in);
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  db.value("SELECT to_jsonb(operator_ban_user($1::bigint, $2::boolean, $3, $4)::text)",
           {id, banned ? "true" : "false", operator_name(), reason});
  if (in.flags.contains("--json"))
    std::cout << json{{"tg_user_id", json::parse(id)}, {"banned", banned}}.dump(2) << '\n';
  else
    std::cout << "User " << id << ": " << done << ".\n";
  return 0;
}

int print_users(const invocation& in, const std::string& text, const std::string& if_none) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto users = db.value("SELECT users_find($1)", {text});
  if (in.flags.contains("--json"))
    std::cout << json{{"users", users}}.dump(2) << '\n';
  else
    std::cout << table_of(
      users, {"USER", "NAME", "USERNAME", "CREDITS", "JOBS", "SINCE", "BANNED"},
      {"tg_user_id", "first_name", "username", "credits", "jobs", "created_at", "banned_at"},
      if_none);
  return 0;
}

} // namespace

int users_list(const invocation& in) {
  return print_users(in, "", "Nobody has written to the bot yet.");
}

int users_find(const invocation& in) {
  return print_users(in, in.words[0], "Nobody is called so, nor has such an order or payment.");
}

int users_forget(const invocation& in) {
  const auto id = user_word(in);
  const auto reason = reason_of(in);
  confirm(in, "Names, texts, photos and videos of user " + id
                + " are erased for good; the numbers of his ledger stay. Erase them?");
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto done =
    db.value("SELECT users_forget($1::bigint, $2, $3)", {id, operator_name(), reason});
  if (in.flags.contains("--json"))
    std::cout << done.dump(2) << '\n';
  else
    std::cout << "User " << id << ": forgotten; texts of " << done["jobs"] << " jobs erased, "
              << done["files"] << " files go within an hour.\n";
  return 0;
}

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
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto balance = db.value(
    "SELECT to_jsonb(grant_and_tell($1::bigint, $2::int, $3 || ': ' || $4)) "
    "FROM record_operator_action($3, 'users grant', $1, $4, jsonb_build_object('amount', $2::int))",
    {id, std::to_string(amount), operator_name(), reason});
  if (in.flags.contains("--json")) {
    std::cout << json{{"tg_user_id", json::parse(id)}, {"credits", balance}}.dump(2) << '\n';
    return 0;
  }
  std::cout << "User " << id << ": " << (amount > 0 ? "+" : "") << amount << " credits, balance "
            << balance << ".\n";
  return 0;
}

int users_ban(const invocation& in) {
  return set_ban(in, true, "banned, no more orders are taken");
}

int users_unban(const invocation& in) {
  return set_ban(in, false, "may order again");
}

} // namespace neurocards::verbs
