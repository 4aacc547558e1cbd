#include "node/cli/verbs.hpp"

#include "domain/job_filter.hpp"
#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/words.hpp"

#include <iostream>

/// The verbs about jobs.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

bool means_many(const invocation& in) {
  return in.values.contains("--filter") || in.values.contains("--signal");
}

/// The terms of `--filter` and that of `--signal`, as JSON; `check` knows what they may be.
std::string terms_of(const invocation& in, decltype(job_filter::for_list)& check) {
  job_filter::parsed given;
  if (const auto found = in.values.find("--filter"); found != in.values.end())
    given = job_filter::parse(found->second);
  if (const auto found = in.values.find("--signal"); found != in.values.end())
    given.terms["signal"] = found->second;
  if (given.fault.empty())
    given = check(given.terms);
  if (!given.fault.empty())
    throw wrong_usage{"--filter: " + given.fault};
  return json(given.terms).dump();
}

/// All jobs that a filter means, after their number was confirmed.
int act_on_jobs(const invocation& in, const std::string& action) {
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
  confirm(in, std::to_string(count) + " jobs match: " + action + " all of them?");
  const auto got = db.value("SELECT operator_act_on_jobs($1, $2::jsonb, $3::int, $4, $5)",
                            {action, terms, std::to_string(count), operator_name(), reason});
  if (in.flags.contains("--json"))
    std::cout << got.dump(2) << '\n';
  else
    std::cout << got["done"] << " of " << count << " jobs: done.\n"
              << table_of(got["refused"], {"JOB", "WHY NOT"}, {"id", "why"}, "");
  return got["refused"].empty() ? 0 : 1;
}

int act_on_job(const invocation& in, const std::string& action, const std::string& call,
               const std::string& done) {
  if (means_many(in))
    return act_on_jobs(in, action);
  const auto id = job_word(in);
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  db.value("SELECT to_jsonb(" + call + "::text) FROM record_operator_action($2, $3, $1, $4)",
           {id, operator_name(), "jobs " + action, reason});
  if (in.flags.contains("--json"))
    std::cout << json{{"id", id}, {"done", action}}.dump(2) << '\n';
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
  const auto terms = means_many(in) ? terms_of(in, job_filter::for_list) : std::string{};
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto jobs =
    means_many(in) ? db.value("SELECT jobs_page($1::jsonb, NULL, 50)->'jobs'", {terms})
                   : db.value("SELECT coalesce(jsonb_agg(to_jsonb(j)), '[]') FROM jobs_list() j");
  if (in.flags.contains("--json")) {
    std::cout << jobs.dump(2) << '\n';
    return 0;
  }
  std::cout << table_of(
    jobs, {"JOB", "USER", "STATUS", "ATTEMPTS", "MODEL", "ORDERED", "FINISHED", "ERROR"},
    {"id", "tg_user_id", "status", "attempts", "model", "created_at", "finished_at", "error"},
    means_many(in) ? "No job fits." : "No job was ordered yet.");
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
  return act_on_job(in, "retry", "operator_retry_job($1::uuid)",
                    "runs again as soon as a worker is free");
}

int jobs_fail(const invocation& in) {
  return act_on_job(in, "fail", "operator_fail_job($1::uuid, 'failed by an operator')",
                    "failed, the credit is back with the user");
}

int jobs_cancel(const invocation& in) {
  return act_on_job(in, "cancel", "operator_cancel_job($1::uuid)",
                    "cancelled, the credit is back with the user");
}

int jobs_resend(const invocation& in) {
  return act_on_job(in, "resend", "operator_resend_video($1::uuid)",
                    "its video is sent to the user again");
}

} // namespace neurocards::verbs
