#include "node/cli/verbs.hpp"

#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/words.hpp"

#include <iostream>

/// The verbs about jobs.
namespace neurocards::verbs {

namespace {

using nlohmann::json;

int act_on_job(const invocation& in, const std::string& sql, const std::string& done) {
  const auto id = job_word(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  db.value(sql, {id});
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
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto jobs = db.value("SELECT coalesce(jsonb_agg(to_jsonb(j)), '[]') FROM jobs_list() j");
  if (in.flags.contains("--json")) {
    std::cout << jobs.dump(2) << '\n';
    return 0;
  }
  std::cout << table_of(
    jobs, {"JOB", "USER", "STATUS", "ATTEMPTS", "MODEL", "ORDERED", "FINISHED", "ERROR"},
    {"id", "tg_user_id", "status", "attempts", "model", "created_at", "finished_at", "error"},
    "No job was ordered yet.");
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

} // namespace neurocards::verbs
