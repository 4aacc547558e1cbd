#include "db/array_text.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/kie.hpp"
#include "protocol/store/queue.hpp"

#include <algorithm>
#include <array>

namespace neurocards::db {

namespace {

constexpr statement intents_sql{
  "record_intents",
  "SELECT pos, verdict, key, model, wait_ms FROM record_intents($1, $2, $3, $4, $5, $6, $7, "
  "$8, $9, $10)"};
constexpr statement rest_keys_sql{"rest_keys", "SELECT rest_keys($1, $2, $3)"};
constexpr statement rest_models_sql{"rest_models", "SELECT rest_models($1, $2, $3, $4)"};
constexpr statement resting_sql{
  "resting_keys",
  "SELECT fingerprint, milliseconds_between(now(), least(blocked_until, now() + interval '1 day')) "
  "FROM kie_keys WHERE blocked_until > now()"};
constexpr statement workers_sql{"living_workers", "SELECT living_workers($1 * interval '1 ms')"};
constexpr statement adopt_sql{"adopt_task",
                              "SELECT verdict, job_id, holder FROM adopt_task($1, $2)"};
constexpr statement give_sql{"give_video", "SELECT give_video($1, $2, $3)"};
constexpr statement settle_sql{"settle_task", "SELECT settle_task($1)"};
constexpr statement late_sql{
  "late_tasks", "SELECT token, task_id, kie_api_key, model, job_id FROM late_tasks($1)"};

using verdict = store::intent_outcome::verdict;

verdict intent_verdict(const std::string& word) {
  if (word == "granted")
    return verdict::granted;
  if (word == "wait")
    return verdict::wait;
  if (word == "no_key")
    return verdict::no_key;
  return word == "no_model" ? verdict::no_model : verdict::lease_lost;
}

bool same_terms(const store::record_intent& a, const store::record_intent& b) {
  return a.create_budget == b.create_budget && a.models == b.models
         && std::ranges::equal(a.accounts, b.accounts, [](const auto& x, const auto& y) {
              return x.name == y.name && x.keys == y.keys;
            });
}

/// Requests that share keys, budget and models: on one node all do, save for a reload in between.
void run_same_terms(session& on, std::span<const store::record_intent> batch,
                    std::span<store::intent_outcome> outcomes) {
  array_text keys, accounts;
  for (const auto& account : batch.front().accounts) {
    for (const auto& key : account.keys) {
      keys.add(key);
      accounts.add(account.name);
    }
  }
  const auto rows =
    on.run(intents_sql, array_of(batch, [](auto& x) { return x.job; }),
           array_of(batch, [](auto& x) { return x.node; }),
           array_of(batch, [](auto& x) { return std::string_view{x.token}; }), keys.str(),
           accounts.str(), batch.front().create_budget,
           array_of(batch.front().models, [](auto& x) { return std::string_view{x}; }),
           array_of(batch, [](auto& x) { return x.claim; }),
           array_of(batch, [](auto& x) { return std::string_view{x.photo}; }),
           array_of(batch, [](auto& x) { return x.photo_age; }));
  for (const auto& row : rows) {
    auto& outcome = outcomes[row[0].as<size_t>() - 1];
    outcome.what = intent_verdict(text(row[1]));
    outcome.key = key_fingerprint{text(row[2])};
    outcome.model = text(row[3]);
    outcome.wait = std::chrono::milliseconds{row[4].as<int64_t>()};
  }
}

store::transition done_or_lost(const pqxx::result& rows) {
  return rows[0][0].as<bool>() ? store::transition::done : store::transition::lease_lost;
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
answers<store::rest_key> execute(session& on, std::span<const store::rest_key> batch) {
  array_text keys, rests, reasons;
  const auto add = [&](const key_fingerprint& key, const store::rest_key& x) {
    keys.add(key);
    rests.add(x.rest);
    reasons.add(x.reason);
  };
  for (const auto& x : batch) {
    add(x.key, x);
    if (x.whole_account) {
      for (const auto& key : x.account_keys)
        add(key, x);
    }
  }
  on.run(rest_keys_sql, keys.str(), rests.str(), reasons.str());
  return answers<store::rest_key>(batch.size());
}

template <>
answers<store::rest_model> execute(session& on, std::span<const store::rest_model> batch) {
  array_text users;
  for (const auto& x : batch) {
    if (x.task_of)
      users.add(*x.task_of);
    else
      users.add_null();
  }
  on.run(rest_models_sql, array_of(batch, [](auto& x) { return std::string_view{x.model}; }),
         array_of(batch, [](auto& x) { return x.rest; }),
         array_of(batch, [](auto& x) { return std::string_view{x.reason}; }), users.str());
  return answers<store::rest_model>(batch.size());
}

template <>
answers<store::look_at_keys> execute(session& on, std::span<const store::look_at_keys> batch) {
  answers<store::look_at_keys> result;
  for (const auto& x : batch) {
    auto& view = result.emplace_back();
    for (const auto& row : on.run(resting_sql))
      view.resting.push_back(
        {key_fingerprint{text(row[0])}, std::chrono::milliseconds{row[1].as<int64_t>()}});
    view.workers = on.run(workers_sql, static_cast<int64_t>(x.lease.count()))[0][0].as<int>();
  }
  return result;
}

template <>
answers<store::adopt_task> execute(session& on, std::span<const store::adopt_task> batch) {
  using adoption_verdict = store::adoption::verdict;
  answers<store::adopt_task> result;
  for (const auto& x : batch) {
    const auto rows = on.run(adopt_sql, x.token, x.task.value);
    auto& answer = result.emplace_back();
    const auto word = text(rows[0][0]);
    answer.what = word == "adopted" ? adoption_verdict::adopted
                  : word == "known" ? adoption_verdict::known
                  : word == "late"  ? adoption_verdict::late
                                    : adoption_verdict::unknown;
    answer.job = job_id{id(rows[0][1])};
    answer.holder = incarnation{id(rows[0][2])};
  }
  return result;
}

template <>
answers<store::give_video> execute(session& on, std::span<const store::give_video> batch) {
  answers<store::give_video> result;
  for (const auto& x : batch)
    result.push_back(done_or_lost(on.run(give_sql, x.token, x.video.value, x.video_bytes)));
  return result;
}

template <>
answers<store::settle_task> execute(session& on, std::span<const store::settle_task> batch) {
  answers<store::settle_task> result;
  for (const auto& x : batch)
    result.push_back(done_or_lost(on.run(settle_sql, x.token)));
  return result;
}

template <>
answers<store::late_tasks> execute(session& on, std::span<const store::late_tasks> batch) {
  answers<store::late_tasks> result;
  for (const auto& x : batch) {
    auto& page = result.emplace_back();
    for (const auto& row : on.run(late_sql, x.limit))
      page.tasks.push_back({text(row[0]), kie_task_id{text(row[1])}, key_fingerprint{text(row[2])},
                            text(row[3]), job_id{id(row[4])}});
  }
  return result;
}

} // namespace neurocards::db
