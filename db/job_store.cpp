#include "db/columns.hpp"
#include "db/failure_json.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"

#include "base/log.hpp"
#include "domain/language.hpp"
#include "protocol/store/queue.hpp"

#include <algorithm>

namespace neurocards::db {

namespace {

#define NEUROCARDS_CLAIMED_COLUMNS                                                                 \
  "j.id, j.tg_user_id, j.template_type, j.product_name, j.product_text, j.extra_wishes, "          \
  "j.error_details->>'user_prompt' AS user_prompt, u.language_code, j.video_index, j.attempts, "   \
  "j.product_image_url, j.prompt, j.model, j.provider, j.kie_api_key, j.kie_task_id, "             \
  "intent_age(j.intent_at) AS intent_age, " NEUROCARDS_AGE(                                        \
    "j.task_created_at") " AS task_age, j.intent_token, j.claim, j.rescues, j.polls"

constexpr statement claim_sql{
  "claim_jobs", "SELECT " NEUROCARDS_CLAIMED_COLUMNS " FROM claim_jobs_within_budget(...) j "
                " JOIN users u ON u.tg_user_id = ANY (ARRAY[j.tg_user_id])"};

constexpr statement held_sql{
  "held_jobs", "SELECT " NEUROCARDS_CLAIMED_COLUMNS
               " FROM held_jobs(...) j JOIN users u ON u.tg_user_id = ANY (ARRAY[j.tg_user_id])"};

constexpr statement prompts_sql{"record_prompts", "SELECT record_prompts(...)"};
constexpr statement tasks_sql{"record_tasks", "SELECT record_tasks(...)"};
constexpr statement retry_sql{"retry_jobs", "SELECT retry_jobs(...)"};
constexpr statement complete_sql{"complete_jobs", "SELECT complete_jobs(...)"};
constexpr statement fail_sql{"fail_jobs", "SELECT fail_jobs_and_refund(...)"};
constexpr statement release_sql{"release_jobs", "SELECT release_jobs(...)"};

/// create_job() takes any word of other programs: a paid order is not lost over it.
order_template template_of(const pqxx::row& row) {
  const auto word = text(row["template_type"]);
  if (const auto known = parse_order_template(word))
    return *known;
  log::warn("db.template_unknown", "job", id(row["id"]), "template", word);
  return order_template::ad; // shows the product whatever was meant
}

claimed_job to_claimed_job(const pqxx::row& row) {
  claimed_job job;
  job.id = job_id{id(row["id"])};
  job.owner = user_id{row["tg_user_id"].as<int64_t>()};
  job.template_type = template_of(row);
  job.product_name = text(row["product_name"]);
  job.product_text = text(row["product_text"]);
  job.extra_wishes = text(row["extra_wishes"]);
  job.user_prompt = text(row["user_prompt"]);
  job.language = to_string(language_of(text(row["language_code"])));
  job.video_index = row["video_index"].as<int>();
  job.attempts = row["attempts"].as<int>();
  job.photo = storage_key{text(row["product_image_url"])};
  job.prompt = text(row["prompt"]);
  job.model = text(row["model"]);
  job.provider = text(row["provider"]);
  job.key = key_fingerprint{text(row["kie_api_key"])};
  job.task = task_id{text(row["kie_task_id"])};
  job.intent_age = age(row["intent_age"]);
  job.task_age = age(row["task_age"]);
  job.intent_token = text(row["intent_token"]);
  job.claim = row["claim"].as<int>();
  job.rescues = row["rescues"].as<int>();
  job.polls = row["polls"].as<int>();
  return job;
}

template <class Request>
argument errors_of(std::span<const Request> batch) {
  return column("p_errors", batch, [](auto& x) { return std::string_view{x.reason.error}; });
}

template <class Request>
argument details_of(std::span<const Request> batch) {
  array_text details;
  for (const auto& x : batch)
    details.add_json(failure_json(x.reason));
  return {"p_details", details};
}

/// Whether the task that the job goes on without may still bring a video.
template <class Request>
argument alive_of(std::span<const Request> batch) {
  return column("p_alive", batch, &Request::task_may_finish);
}

/// An empty text leaves the column as it is.
std::string_view source_of(const store::record_prompt& x) {
  return x.source ? to_string(*x.source) : std::string_view{};
}

} // namespace

template <>
answers<store::claim_jobs> execute(session& on, std::span<const store::claim_jobs> batch) {
  answers<store::claim_jobs> result;
  for (const auto& request : batch) {
    auto& answer = result.emplace_back();
    const auto rows = on.call(claim_sql, {{"p_node", request.node},
                                          {"p_limit", request.limit},
                                          keys_of(request.accounts),
                                          accounts_of_keys(request.accounts),
                                          {"p_budget", request.create_budget},
                                          column("p_models", request.models),
                                          {"p_overdue", request.overdue},
                                          providers_of_keys(request.accounts),
                                          providers_of_models(request)});
    for (const auto& row : rows)
      answer.jobs.push_back(to_claimed_job(row));
  }
  return result;
}

template <>
answers<store::held_jobs> execute(session& on, std::span<const store::held_jobs> batch) {
  answers<store::held_jobs> result;
  for (const auto& request : batch) {
    auto& answer = result.emplace_back();
    const auto rows = on.call(held_sql, {{"p_node", request.node},
                                         column("p_known", request.known),
                                         column("p_claims", request.claims)});
    for (const auto& row : rows)
      answer.jobs.push_back(to_claimed_job(row));
  }
  return result;
}

template <>
answers<store::record_prompt> execute(session& on, std::span<const store::record_prompt> batch) {
  const auto rows =
    on.call(prompts_sql, {jobs_of(batch), nodes_of(batch),
                          column("p_prompts", batch, &store::record_prompt::prompt),
                          column("p_sources", batch, source_of), claims_of(batch),
                          column("p_narrations", batch, &store::record_prompt::narration)});
  return transitions(rows, batch.size());
}

template <>
answers<store::record_task> execute(session& on, std::span<const store::record_task> batch) {
  const auto rows = on.call(tasks_sql, {jobs_of(batch), nodes_of(batch),
                                        column("p_tasks", batch, &store::record_task::task),
                                        claims_of(batch), polls_of(batch)});
  return transitions(rows, batch.size());
}

template <>
answers<store::retry_job> execute(session& on, std::span<const store::retry_job> batch) {
  const auto rows =
    on.call(retry_sql, {jobs_of(batch), nodes_of(batch), errors_of(batch), details_of(batch),
                        column("p_delays_ms", batch, &store::retry_job::delay),
                        column("p_uses_attempt", batch, &store::retry_job::uses_attempt),
                        column("p_tell_user", batch, &store::retry_job::tell_user), alive_of(batch),
                        claims_of(batch), polls_of(batch)});
  return transitions(rows, batch.size());
}

template <>
answers<store::complete_job> execute(session& on, std::span<const store::complete_job> batch) {
  const auto rows =
    on.call(complete_sql, {jobs_of(batch), nodes_of(batch),
                           column("p_videos", batch, &store::complete_job::video),
                           column("p_bytes", batch, &store::complete_job::video_bytes),
                           column("p_result_ages_ms", batch, &store::complete_job::result_age),
                           column("p_costs", batch, &store::complete_job::cost),
                           column("p_star_values", batch, &store::complete_job::star_value),
                           claims_of(batch), polls_of(batch)});
  return transitions(rows, batch.size());
}

template <>
answers<store::fail_job> execute(session& on, std::span<const store::fail_job> batch) {
  const auto rows =
    on.call(fail_sql, {jobs_of(batch), nodes_of(batch), errors_of(batch), details_of(batch),
                       alive_of(batch), claims_of(batch), polls_of(batch)});
  return transitions(rows, batch.size());
}

template <>
answers<store::release_jobs> execute(session& on, std::span<const store::release_jobs> batch) {
  answers<store::release_jobs> result;
  for (const auto& x : batch) {
    const auto rows = on.call(release_sql, {{"p_node", x.node},
                                            column("p_jobs", x.jobs),
                                            {"p_fault", x.fault},
                                            column("p_claims", x.claims),
                                            {"p_delay", x.delay}});
    result.push_back({only(rows).as<int>()});
  }
  return result;
}

} // namespace neurocards::db
