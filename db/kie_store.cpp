#include "db/columns.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "db/word.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"

#include <algorithm>
#include <array>

namespace neurocards::db {

namespace {

constexpr statement intents_sql{
  "record_intents", "SELECT pos, verdict, key, model, wait_ms, provider FROM record_intents(...)"};
constexpr statement cool_down_keys_sql{"rest_keys", "SELECT rest_keys(...)"};
constexpr statement cool_down_models_sql{"rest_models", "SELECT rest_models(...)"};
/// One row at least, whose key is null when none cools down.
constexpr statement keys_sql{
  "living_workers",
  "SELECT w.workers, x.key AS fingerprint, "
  "milliseconds_between(now(), least(max(x.until), now() + interval '1 day')) AS cooldown_ms "
  "FROM living_workers(...) w(workers) LEFT JOIN "
  "(SELECT fingerprint, blocked_until FROM kie_keys WHERE blocked_until > now() UNION ALL "
  "SELECT name, ends_at FROM pauses WHERE subject = 'key' AND ends_at > now()) x(key, until) "
  "ON true GROUP BY 1, 2"};
constexpr statement adopt_sql{"adopt_task", "SELECT verdict, job_id FROM adopt_task(...)"};
constexpr statement give_sql{"give_video", "SELECT give_video(...)"};
constexpr statement settle_sql{"settle_task", "SELECT settle_task(...)"};
constexpr statement late_sql{
  "late_tasks", "SELECT token, task_id, kie_api_key, model, job_id, provider FROM late_tasks(...)"};

using verdict = store::intent_outcome::verdict;

// Who lost the lease gets no row.
constexpr std::array intent_verdicts{
  word<verdict>{"granted", verdict::granted}, word<verdict>{"wait", verdict::wait},
  word<verdict>{"no_key", verdict::no_key}, word<verdict>{"no_model", verdict::no_model},
  word<verdict>{"elsewhere", verdict::elsewhere}};

using adoption_verdict = store::adoption::verdict;

constexpr std::array adoption_verdicts{
  word<adoption_verdict>{"adopted", adoption_verdict::adopted},
  word<adoption_verdict>{"known", adoption_verdict::known},
  word<adoption_verdict>{"late", adoption_verdict::late},
  word<adoption_verdict>{"unknown", adoption_verdict::unknown}}; // no such token

bool same_terms(const store::record_intent& a, const store::record_intent& b) {
  return a.create_budget == b.create_budget && a.models == b.models && a.providers == b.providers
         && std::ranges::equal(a.accounts, b.accounts, [](const auto& x, const auto& y) {
              return x.name == y.name && x.keys == y.keys && x.provider == y.provider;
            });
}

/// Requests that share keys, budget and models: on one node all do, save for a reload in between.
void run_same_terms(session& on, std::span<const store::record_intent> batch,
                    std::span<store::intent_outcome> outcomes) {
  const auto& terms = batch.front();
  const auto rows =
    on.call(intents_sql, {jobs_of(batch),
                          nodes_of(batch),
                          column("p_tokens", batch, &store::record_intent::token),
                          keys_of(terms.accounts),
                          accounts_of_keys(terms.accounts),
                          {"p_budget", terms.create_budget},
                          column("p_models", terms.models),
                          claims_of(batch),
                          column("p_photos", batch, &store::record_intent::photo),
                          column("p_photo_ages_ms", batch, &store::record_intent::photo_age),
                          providers_of_keys(terms.accounts),
                          providers_of_models(terms),
                          column("p_prepared", batch, &store::record_intent::prepared)});
  for (const auto& row : rows) {
    auto& outcome = outcomes[position(row)];
    outcome.outcome = value_of(intent_verdicts, text(row["verdict"]));
    outcome.key = key_fingerprint{text(row["key"])};
    outcome.model = text(row["model"]);
    outcome.wait = std::chrono::milliseconds{row["wait_ms"].as<int64_t>()};
    outcome.provider = text(row["provider"]);
  }
}

store::transition done_or_lost(const pqxx::result& rows) {
  return only(rows).as<bool>() ? store::transition::done : store::transition::lease_lost;
}

} // namespace

template <>
answers<store::record_intent> execute(session& on, std::span<const store::record_intent> batch) {
  answers<store::record_intent> result(batch.size());
  for (size_t begin = 0; begin < batch.size();) {
    size_t end = begin + 1;
    while (end < batch.size() && same_terms(batch[begin], batch[end]))
      ++end;
    run_same_terms(on, batch.subspan(begin, end - begin),
                   std::span{result}.subspan(begin, end - begin));
    begin = end;
  }
  return result;
}

template <>
answers<store::cool_down_key> execute(session& on, std::span<const store::cool_down_key> batch) {
  array_arguments arrays;
  auto& keys = arrays.add("p_keys");
  auto& cooldowns = arrays.add("p_rests_ms");
  auto& reasons = arrays.add("p_reasons");
  const auto add = [&](const key_fingerprint& key, const store::cool_down_key& x) {
    keys.add(key);
    cooldowns.add(x.cooldown);
    reasons.add(x.reason);
  };
  for (const auto& x : batch) {
    add(x.key, x);
    if (x.whole_account) {
      for (const auto& key : x.account_keys)
        add(key, x);
    }
  }
  on.call(cool_down_keys_sql, arrays.all());
  return answers<store::cool_down_key>(batch.size());
}

template <>
answers<store::cool_down_model> execute(session& on,
                                        std::span<const store::cool_down_model> batch) {
  using request = store::cool_down_model;
  on.call(cool_down_models_sql, {column("p_models", batch, &request::model),
                                 column("p_rests_ms", batch, &request::cooldown),
                                 column("p_reasons", batch, &request::reason),
                                 column("p_users", batch, &request::task_of)});
  return answers<request>(batch.size());
}

template <>
answers<store::read_keys> execute(session& on, std::span<const store::read_keys> batch) {
  answers<store::read_keys> result;
  for (const auto& x : batch) {
    auto& view = result.emplace_back();
    for (const auto& row : on.call(keys_sql, {{"p_lease", x.lease}})) {
      view.workers = row["workers"].as<int>();
      if (!row["fingerprint"].is_null())
        view.cooling.push_back({key_fingerprint{text(row["fingerprint"])},
                                std::chrono::milliseconds{row["cooldown_ms"].as<int64_t>()}});
    }
  }
  return result;
}

template <>
answers<store::adopt_task> execute(session& on, std::span<const store::adopt_task> batch) {
  answers<store::adopt_task> result;
  for (const auto& x : batch) {
    const auto row = on.call(adopt_sql, {{"p_token", x.token}, {"p_task", x.task}}).at(0);
    auto& answer = result.emplace_back();
    answer.outcome = value_of(adoption_verdicts, text(row["verdict"]));
    answer.job = job_id{id(row["job_id"])};
  }
  return result;
}

template <>
answers<store::give_video> execute(session& on, std::span<const store::give_video> batch) {
  answers<store::give_video> result;
  for (const auto& x : batch)
    result.push_back(done_or_lost(on.call(give_sql, {{"p_token", x.token},
                                                     {"p_video", x.video},
                                                     {"p_bytes", x.video_bytes},
                                                     {"p_cost", x.cost}})));
  return result;
}

template <>
answers<store::settle_task> execute(session& on, std::span<const store::settle_task> batch) {
  answers<store::settle_task> result;
  for (const auto& x : batch)
    result.push_back(done_or_lost(on.call(settle_sql, {{"p_token", x.token}})));
  return result;
}

template <>
answers<store::late_tasks> execute(session& on, std::span<const store::late_tasks> batch) {
  answers<store::late_tasks> result;
  for (const auto& x : batch) {
    auto& page = result.emplace_back();
    for (const auto& row : on.call(late_sql, {{"p_limit", x.limit}}))
      page.tasks.push_back({text(row["token"]), task_id{text(row["task_id"])},
                            key_fingerprint{text(row["kie_api_key"])}, text(row["model"]),
                            job_id{id(row["job_id"])}, text(row["provider"])});
  }
  return result;
}

} // namespace neurocards::db
