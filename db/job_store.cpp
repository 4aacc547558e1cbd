#include "db/array_text.hpp"
#include "db/failure_json.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"

#include "domain/language.hpp"
#include "protocol/store/queue.hpp"

#include <algorithm>

namespace neurocards::db {

namespace {

#define NEUROCARDS_CLAIMED_COLUMNS                                                                 \
  "j.id, j.tg_user_id, j.template_type, j.product_name, j.product_text, j.extra_wishes, "          \
  "j.error_details->>'user_prompt', u.language_code, j.video_index, j.attempts, "                  \
  "j.product_image_url, j.prompt, j.model, j.kie_api_key, j.kie_task_id, "                         \
  "intent_age(j.intent_at), " NEUROCARDS_AGE(                                                      \
    "j.task_created_at") ", j.intent_token, j.claim, j.rescues, j.polls"

constexpr statement claim_sql{
  "claim_jobs",
  "SELECT " NEUROCARDS_CLAIMED_COLUMNS " FROM claim_jobs_within_budget($1, $2, $3, $4, $5, $6, "
  "$7 * interval '1 ms') j JOIN users u ON u.tg_user_id = ANY (ARRAY[j.tg_user_id])"};

constexpr statement due_sql{
  "jobs_due",
  "SELECT EXISTS (SELECT FROM jobs WHERE status = 'queued' AND NOT resumes AND run_at <= now())"};

constexpr statement held_sql{
  "held_jobs",
  "SELECT " NEUROCARDS_CLAIMED_COLUMNS
  " FROM held_jobs($1, $2, $3) j JOIN users u ON u.tg_user_id = ANY (ARRAY[j.tg_user_id])"};

constexpr statement prompts_sql{"record_prompts", "SELECT record_prompts($1, $2, $3, $4, $5)"};
constexpr statement tasks_sql{"record_tasks", "SELECT record_tasks($1, $2, $3, $4, $5)"};
constexpr statement retry_sql{"retry_jobs",
                              "SELECT retry_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr statement complete_sql{"complete_jobs",
                                 "SELECT complete_jobs($1, $2, $3, $4, $5, $6, $7)"};
constexpr statement fail_sql{"fail_jobs",
                             "SELECT fail_jobs_and_refund($1, $2, $3, $4, $5, $6, $7)"};
constexpr statement release_sql{"release_jobs",
                                "SELECT release_jobs($1, $2, $3, $4, $5 * interval '1 ms')"};
constexpr statement events_sql{"add_job_events", "SELECT add_job_events($1, $2, $3)"};

claimed_job to_claimed_job(const pqxx::row& row) {
  claimed_job job;
  job.id = job_id{id(row[0])};
  job.owner = user_id{row[1].as<int64_t>()};
  job.template_type = text(row[2]);
  job.product_name = text(row[3]);
  job.product_text = text(row[4]);
  job.extra_wishes = text(row[5]);
  job.user_prompt = text(row[6]);
  job.language = to_string(language_of(text(row[7])));
  job.video_index = row[8].as<int>();
  job.attempts = row[9].as<int>();
  job.photo = storage_key{text(row[10])};
  job.prompt = text(row[11]);
  job.model = text(row[12]);
  job.key = key_fingerprint{text(row[13])};
  job.task = kie_task_id{text(row[14])};
  job.intent_age = age(row[15]);
  job.task_age = age(row[16]);
  job.intent_token = text(row[17]);
  job.claim = row[18].as<int>();
  job.rescues = row[19].as<int>();
  job.polls = row[20].as<int>();
  return job;
}

template <class Request>
std::string jobs_of(std::span<const Request> batch) {
  return array_of(batch, [](const Request& x) { return x.job; });
}

template <class Request>
std::string nodes_of(std::span<const Request> batch) {
  return array_of(batch, [](const Request& x) { return x.node; });
}

template <class Request>
std::string claims_of(std::span<const Request> batch) {
  return array_of(batch, [](const Request& x) { return x.claim; });
}

template <class Request>
std::string polls_of(std::span<const Request> batch) {
  return array_of(batch, [](const Request& x) { return x.polls; });
}

std::string numbers(const std::vector<int>& claims) {
  return array_of(claims, [](int x) { return x; });
}

} // namespace

template <>
answers<store::claim_jobs> execute(session& on, std::span<const store::claim_jobs> batch) {
  answers<store::claim_jobs> result;
  for (const auto& request : batch) {
    array_text keys, accounts;
    for (const auto& account : request.accounts) {
      for (const auto& key : account.keys) {
        keys.add(key);
        accounts.add(account.name);
      }
    }
    auto& answer = result.emplace_back();
    const auto rows = on.run(claim_sql, to_string(request.node), request.limit, keys.str(),
                             accounts.str(), request.create_budget,
                             array_of(request.models, [](auto& x) { return std::string_view{x}; }),
                             static_cast<int64_t>(request.overdue.count()));
    for (const auto& row : rows)
      answer.jobs.push_back(to_claimed_job(row));
    answer.more = answer.jobs.size() >= static_cast<size_t>(std::max(request.limit, 0))
                  || on.run(due_sql)[0][0].as<bool>();
  }
  return result;
}

template <>
answers<store::held_jobs> execute(session& on, std::span<const store::held_jobs> batch) {
  answers<store::held_jobs> result;
  for (const auto& request : batch) {
    auto& answer = result.emplace_back();
    const auto rows =
      on.run(held_sql, to_string(request.node), array_of(request.known, [](auto& x) { return x; }),
             numbers(request.claims));
    for (const auto& row : rows)
      answer.jobs.push_back(to_claimed_job(row));
  }
  return result;
}

template <>
answers<store::record_prompt> execute(session& on, std::span<const store::record_prompt> batch) {
  const auto rows =
    on.run(prompts_sql, jobs_of(batch), nodes_of(batch),
           array_of(batch, [](auto& x) { return std::string_view{x.prompt}; }),
           array_of(batch, [](auto& x) { return std::string_view{x.source}; }), claims_of(batch));
  return transitions(rows, batch.size());
}

template <>
answers<store::record_task> execute(session& on, std::span<const store::record_task> batch) {
  const auto rows =
    on.run(tasks_sql, jobs_of(batch), nodes_of(batch),
           array_of(batch, [](auto& x) { return x.task; }), claims_of(batch), polls_of(batch));
  return transitions(rows, batch.size());
}

template <>
answers<store::retry_job> execute(session& on, std::span<const store::retry_job> batch) {
  array_text details;
  for (const auto& x : batch)
    details.add_json(failure_json(x.why));
  const auto rows = on.run(retry_sql, jobs_of(batch), nodes_of(batch),
                           array_of(batch, [](auto& x) { return std::string_view{x.why.error}; }),
                           details.str(), array_of(batch, [](auto& x) { return x.delay; }),
                           array_of(batch, [](auto& x) { return x.uses_attempt; }),
                           array_of(batch, [](auto& x) { return x.tell_user; }),
                           array_of(batch, [](auto& x) { return x.task_may_finish; }),
                           claims_of(batch), polls_of(batch));
  return transitions(rows, batch.size());
}

template <>
answers<store::complete_job> execute(session& on, std::span<const store::complete_job> batch) {
  const auto rows = on.run(complete_sql, jobs_of(batch), nodes_of(batch),
                           array_of(batch, [](auto& x) { return x.video; }),
                           array_of(batch, [](auto& x) { return x.video_bytes; }), claims_of(batch),
                           polls_of(batch), array_of(batch, [](auto& x) { return x.result_age; }));
  return transitions(rows, batch.size());
}

template <>
answers<store::fail_job> execute(session& on, std::span<const store::fail_job> batch) {
  array_text details;
  for (const auto& x : batch)
    details.add_json(failure_json(x.why));
  const auto rows = on.run(
    fail_sql, jobs_of(batch), nodes_of(batch),
    array_of(batch, [](auto& x) { return std::string_view{x.why.error}; }), details.str(),
    array_of(batch, [](auto& x) { return x.task_may_finish; }), claims_of(batch), polls_of(batch));
  return transitions(rows, batch.size());
}

template <>
answers<store::release_jobs> execute(session& on, std::span<const store::release_jobs> batch) {
  answers<store::release_jobs> result;
  for (const auto& x : batch) {
    const auto rows =
      on.run(release_sql, to_string(x.node), array_of(x.jobs, [](auto& job) { return job; }),
             x.fault, numbers(x.claims), static_cast<int64_t>(x.delay.count()));
    result.push_back({rows[0][0].as<int>()});
  }
  return result;
}

template <>
answers<store::add_job_event> execute(session& on, std::span<const store::add_job_event> batch) {
  array_text details;
  for (const auto& x : batch)
    details.add_json(x.details);
  on.run(events_sql, jobs_of(batch),
         array_of(batch, [](auto& x) { return std::string_view{x.what}; }), details.str());
  return answers<store::add_job_event>(batch.size());
}

} // namespace neurocards::db
