#include "node/cli/verbs.hpp"

#include "base/uuid.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/table_text.hpp"
#include "node/config/value.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <iostream>

#include <nlohmann/json.hpp>

/// The verbs about jobs and users.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

std::string job_word(const invocation& in) {
  if (!uuid::parse(in.words[0]))
    throw wrong_usage{config::quote(in.words[0])
                      + " is no job; a job's ID has the form 01234567-89ab-cdef-0123-456789abcdef"};
  return in.words[0];
}

/// A whole number among the words, named `what` in messages.
int64_t number_word(const invocation& in, size_t at, const std::string& what) {
  const auto& word = in.words[at];
  int64_t result = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), result);
  if (error != std::errc{} || end != word.data() + word.size())
    throw wrong_usage{config::quote(word) + " is no " + what + "; write digits only"};
  return result;
}

std::string user_word(const invocation& in) {
  return std::to_string(number_word(in, 0, "user; a user's ID is Telegram's number"));
}

std::string text(const json& x) {
  return x.is_null() ? "" : x.is_string() ? x.get<std::string>() : x.dump();
}

/// Times without fractions and zone, in UTC: "2026-05-01 12:00:00". They come as text or as Unix
/// seconds.
std::string time_text(const json& x) {
  if (x.is_number()) {
    const auto seconds = static_cast<std::time_t>(x.get<double>());
    std::tm parts{};
    std::array<char, 32> written{};
    gmtime_r(&seconds, &parts);
    return {written.data(), std::strftime(written.data(), written.size(), "%F %T", &parts)};
  }
  auto result = text(x).substr(0, 19);
  if (result.size() > 10 && result[10] == 'T')
    result[10] = ' ';
  return result;
}

std::vector<std::string> row_of(const json& x, std::initializer_list<const char*> names) {
  std::vector<std::string> result;
  for (const std::string name : names) {
    const auto value = x.value(name, json());
    const bool is_time = name.ends_with("_at") || name == "at" || name == "start" || name == "end";
    result.push_back(is_time ? time_text(value) : text(value));
  }
  return result;
}

/// All fields of an object but the lists, one a line.
void print_fields(const json& object) {
  for (const auto& [name, value] : object.items())
    if (!value.is_null() && !value.is_array())
      std::cout << name << ": "
                << (value.is_number() && name.ends_with("_at") ? time_text(value) : text(value))
                << '\n';
}

operator_database open(const invocation& in) {
  return {in.config.settings, operator_database::schema::ours};
}

int act_on_job(const invocation& in, const std::string& sql, const std::string& done) {
  const auto id = job_word(in);
  auto db = open(in);
  db.value(sql, {id});
  std::cout << "Job " << id << ": " << done << ".\n";
  return 0;
}

int set_ban(const invocation& in, const char* banned, const std::string& done) {
  const auto id = user_word(in);
  auto db = open(in);
  if (db.value("SELECT to_jsonb(ban_user($1::bigint, $2::boolean))", {id, banned})
      != json(true)) // braces would make a list
    throw std::runtime_error{"there is no user " + id};
  std::cout << "User " << id << ": " << done << ".\n";
  return 0;
}

std::string table_of(const json& rows, std::vector<std::string> heads,
                     std::initializer_list<const char*> names, const std::string& otherwise) {
  std::vector<std::vector<std::string>> table{std::move(heads)};
  for (const auto& x : rows)
    table.push_back(row_of(x, names));
  return table_text(table, otherwise);
}

/// What `job_history` (SQL) tells: the row, the texts, and how it went.
void print_job(json job) {
  const auto texts = job["texts"];
  job.erase("texts");
  print_fields(job);
  print_fields(texts);
  std::cout << '\n'
            << table_of(job["events"], {"TIME", "WHAT", "NODE", "ATTEMPT", "WHY"},
                        {"at", "kind", "node", "attempt", "reason"}, "")
            << '\n'
            << table_of(job["stages"], {"STAGE", "FROM", "TO", "NODE", "ATTEMPT"},
                        {"stage", "start", "end", "node", "attempt"}, "")
            << '\n'
            << table_of(job["notices"], {"MESSAGE", "WRITTEN", "SENT", "DROPPED", "WHY"},
                        {"kind", "created_at", "sent_at", "dropped_at", "error"},
                        "No message is kept.");
}

} // namespace

int jobs_list(const invocation& in) {
  auto db = open(in);
  const auto jobs = db.value("SELECT coalesce(jsonb_agg(to_jsonb(j)), '[]') FROM jobs_list() j");
  if (in.flags.contains("--json")) {
    std::cout << jobs.dump(2) << '\n';
    return 0;
  }
  std::vector<std::vector<std::string>> rows{
    {"JOB", "USER", "STATUS", "ATTEMPTS", "MODEL", "ORDERED", "FINISHED", "ERROR"}};
  for (const auto& x : jobs)
    rows.push_back(row_of(x, {"id", "tg_user_id", "status", "attempts", "model", "created_at",
                              "finished_at", "error"}));
  std::cout << table_text(rows, "No job was ordered yet.");
  return 0;
}

int jobs_show(const invocation& in) {
  const auto id = job_word(in);
  auto db = open(in);
  auto shown = db.value("SELECT job_history($1::uuid, true)", {id});
  if (shown.is_null())
    throw std::runtime_error{"there is no job " + id};
  if (in.flags.contains("--json")) {
    std::cout << shown.dump(2) << '\n';
    return 0;
  }
  print_job(shown);
  return 0;
}

int jobs_retry(const invocation& in) {
  return act_on_job(in, "SELECT to_jsonb(operator_retry_job($1::uuid)::text)",
                    "runs again as soon as a worker is free");
}

int jobs_fail(const invocation& in) {
  return act_on_job(in,
                    "SELECT to_jsonb(operator_fail_job($1::uuid, 'failed by an operator')::text)",
                    "failed, the credit is back with the user");
}

int jobs_cancel(const invocation& in) {
  return act_on_job(in, "SELECT to_jsonb(operator_cancel_job($1::uuid)::text)",
                    "cancelled, the credit is back with the user");
}

int jobs_resend(const invocation& in) {
  return act_on_job(in, "SELECT to_jsonb(operator_resend_video($1::uuid)::text)",
                    "its video is sent to the user again");
}

int users_show(const invocation& in) {
  const auto id = user_word(in);
  auto db = open(in);
  const auto user = db.value("SELECT users_show($1::bigint)", {id});
  if (user.is_null())
    throw std::runtime_error{"there is no user " + id};
  if (in.flags.contains("--json")) {
    std::cout << user.dump(2) << '\n';
    return 0;
  }
  print_fields(user);
  std::vector<std::vector<std::string>> ledger{{"TIME", "CREDITS", "KIND", "JOB", "NOTE"}};
  for (const auto& x : user["ledger"])
    ledger.push_back(row_of(x, {"created_at", "amount", "kind", "job_id", "note"}));
  std::vector<std::vector<std::string>> jobs{{"JOB", "STATUS", "ATTEMPTS", "ORDERED", "ERROR"}};
  for (const auto& x : user["jobs"])
    jobs.push_back(row_of(x, {"id", "status", "attempts", "created_at", "error"}));
  std::cout << '\n'
            << table_text(ledger, "No credit has moved yet.") << '\n'
            << table_text(jobs, "No job was ordered yet.");
  return 0;
}

int users_grant(const invocation& in) {
  const auto id = user_word(in);
  const auto amount = number_word(in, 1, "amount; negative takes credits back");
  if (amount == 0 || amount > 1'000'000 || amount < -1'000'000)
    throw wrong_usage{"AMOUNT: " + std::to_string(amount)
                      + " is not allowed; allowed: 1 to 1000000, or -1 to -1000000"};
  auto db = open(in);
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
