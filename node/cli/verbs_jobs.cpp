#include "node/cli/verbs.hpp"

#include "domain/job_filter.hpp"
#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/words.hpp"
#include "protocol/store/job_action.hpp"

#include <iostream>

/// The verbs about jobs.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

constexpr int64_t usually_listed = 50;
constexpr int64_t most_listed = 1000;

bool means_many(const invocation& in) {
  return in.values.contains("--filter") || in.values.contains("--signal");
}

/// The terms of `--filter` and those that have an option of their own, as JSON; `check` knows what
/// they may be.
std::string terms_of(const invocation& in, decltype(job_filter::for_list)& check) {
  job_filter::parsed given;
  if (const auto found = in.values.find("--filter"); found != in.values.end())
    given = job_filter::parse(found->second);
  for (const std::string key : {"status", "class", "signal", "model", "node", "user"})
    if (const auto found = in.values.find("--" + key); found != in.values.end())
      given.terms[key] = found->second;
  if (given.fault.empty())
    given = check(given.terms);
  if (!given.fault.empty())
    throw wrong_usage{"--filter: " + given.fault};
  return json(given.terms).dump();
}

/// All jobs that a filter means, after their number was confirmed.
int act_on_jobs(const invocation& in, job_action action) {
  const auto terms = terms_of(in, job_filter::for_action);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto count =
    db.value("SELECT to_jsonb(count(*)) FROM jobs_matching($1::jsonb)", {terms}).get<int>();
  if (in.flags.contains("--dry-run") || count == 0) {
    std::cout << (in.flags.contains("--json") ? json{{"count", count}}.dump()
                                              : std::to_string(count) + " jobs match.")
              << '\n';
    return 0;
  }
  const auto reason = reason_of(in);
  confirm(in, std::to_string(count) + " jobs match: " + std::string{to_string(action)}
                + " all of them?");
  const auto got = db.value(
    "SELECT operator_act_on_jobs($1, $2::jsonb, $3::int, $4, $5)",
    {std::string{to_string(action)}, terms, std::to_string(count), operator_name(), reason});
  if (in.flags.contains("--json"))
    std::cout << got.dump(2) << '\n';
  else
    std::cout << got["done"] << " of " << count << " jobs: done.\n"
              << table_of(got["refused"], {"JOB", "WHY NOT"}, {"id", "why"}, "");
  return got["refused"].empty() ? 0 : 1;
}

/// Each of several jobs that are named, in one transaction.
int act_on_list(const invocation& in, job_action action) {
  const auto ids = job_words(in);
  const auto reason = reason_of(in);
  confirm(in, std::string{to_string(action)} + " " + std::to_string(ids.size()) + " jobs?");
  operator_database db{in.config.settings, operator_database::schema::ours};
  std::string list;
  for (const auto& id : ids)
    list += (list.empty() ? "{" : ",") + id;
  const auto got = db.value("SELECT operator_act_on_list($1, $2::uuid[], $3, $4)",
                            {std::string{to_string(action)}, list + "}", operator_name(), reason});
  auto refused = json::array();
  for (const auto& x : got["results"])
    if (x["done"] == false)
      refused.push_back(x);
  if (in.flags.contains("--json"))
    std::cout << got.dump(2) << '\n';
  else
    std::cout << got["done"] << " of " << ids.size() << " jobs: done.\n"
              << table_of(refused, {"JOB", "WHY NOT"}, {"id", "why"}, "");
  return refused.empty() ? 0 : 1;
}

int act_on_job(const invocation& in, job_action action, const std::string& call,
               const std::string& done) {
  if (means_many(in))
    return act_on_jobs(in, action);
  if (in.words.size() > 1)
    return act_on_list(in, action);
  const auto id = job_word(in);
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  db.value("SELECT to_jsonb(" + call + "::text) FROM record_operator_action($2, $3, $1, $4)",
           {id, operator_name(), "jobs " + std::string{to_string(action)}, reason});
  if (in.flags.contains("--json"))
    std::cout << json{{"id", id}, {"done", to_string(action)}}.dump(2) << '\n';
  else
    std::cout << "Job " << id << ": " << done << ".\n";
  return 0;
}

/// What `job_history` (SQL) tells: the row, the texts, and how it went.
void print_job(json job) {
  const auto texts = job["texts"];
  job.erase("texts");
  std::cout << fields_text(job) << fields_text(texts) << '\n'
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
  const auto terms = terms_of(in, job_filter::for_list);
  const auto before = job_option(in, "--before");
  const auto limit = number_option(in, "--limit", 1, most_listed).value_or(usually_listed);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto jobs = db.value("SELECT jobs_filtered($1::jsonb, nullif($2, '')::uuid, $3::int)",
                             {terms, before.value_or(""), std::to_string(limit)});
  if (in.flags.contains("--json")) {
    std::cout << json{{"jobs", jobs}}.dump(2) << '\n';
    return 0;
  }
  std::cout << table_of(
    jobs, {"JOB", "USER", "STATUS", "ATTEMPTS", "MODEL", "ORDERED", "FINISHED", "ERROR"},
    {"id", "tg_user_id", "status", "attempts", "model", "created_at", "finished_at", "error"},
    "No job fits.");
  return 0;
}

int jobs_show(const invocation& in) {
  const auto id = job_word(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
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
  return act_on_job(in, job_action::retry, "operator_retry_job($1::uuid)",
                    "runs again as soon as a worker is free");
}

int jobs_fail(const invocation& in) {
  return act_on_job(in, job_action::fail, "operator_fail_job($1::uuid, 'failed by an operator')",
                    "failed, the credit is back with the user");
}

int jobs_cancel(const invocation& in) {
  return act_on_job(in, job_action::cancel, "operator_cancel_job($1::uuid)",
                    "cancelled, the credit is back with the user");
}

int jobs_resend(const invocation& in) {
  return act_on_job(in, job_action::resend, "operator_resend_video($1::uuid)",
                    "its video is sent to the user again");
}

} // namespace neurocards::verbs
