#include "db/array_text.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "db/step_arrays.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"

#include <unordered_set>

namespace neurocards::db {

namespace {

constexpr statement put_updates_sql{"put_updates", "SELECT put_updates($1, $2, $3, $4, $5)"};

constexpr statement pending_updates_sql{
  "pending_updates", "SELECT update_id, chat_id, kind, body FROM updates WHERE handled_at IS NULL "
                     "ORDER BY update_id LIMIT $1"};

constexpr statement updates_left_behind_sql{
  "updates_left_behind", "SELECT update_id, chat_id, kind, body FROM updates_left_behind($1)"};

constexpr statement load_sql{
  "load_conversations",
  "SELECT pos, handled, known, credits, language_code, terms_version, banned, state, data, "
  "jobs_ahead, typical_seconds, version FROM load_conversations($1, $2, $3)"};

constexpr statement summaries_sql{
  "job_summaries",
  "SELECT pos, again, id, status, template_type, product_name, product_text, user_prompt, "
  "extra_wishes, photo, " NEUROCARDS_TIME("created_at") " FROM job_summaries($1, $2, $3)"};

constexpr statement ledger_sql{"ledger_tails", "SELECT pos, kind, amount, " NEUROCARDS_TIME(
                                                 "created_at") " FROM ledger_tails($1, $2)"};

constexpr statement apply_sql{
  "apply_steps",
  "SELECT pos, applied, outcome, credits, stale FROM apply_steps($1, $2, $3, $4, $5, $6, $7, $8, "
  "$9, $10, "
  "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, "
  "$30, $31, $32, $33, $34, $35, $36)"};

store::conversation_view to_view(const pqxx::row& row) {
  store::conversation_view view;
  view.handled = row[1].as<bool>();
  view.known = row[2].as<bool>();
  view.credits = row[3].as<int>();
  view.language_code = text(row[4]);
  view.terms_version = text(row[5]);
  view.banned = row[6].as<bool>();
  view.state = text(row[7]);
  view.data = text(row[8]);
  view.jobs_ahead = row[9].as<int>();
  if (!row[10].is_null())
    view.typical_duration = std::chrono::seconds{row[10].as<int>()};
  view.version = row[11].as<int64_t>();
  return view;
}

store::job_summary to_summary(const pqxx::row& row) {
  store::job_summary job;
  job.id = job_id{id(row[2])};
  job.status = text(row[3]);
  job.template_type = text(row[4]);
  job.product_name = text(row[5]);
  job.product_text = text(row[6]);
  job.user_prompt = text(row[7]);
  job.extra_wishes = text(row[8]);
  job.photo = storage_key{text(row[9])};
  job.created_at = time(row[10]).value();
  return job;
}

void add_jobs(session& on, std::span<const store::load_conversation> batch,
              std::vector<store::conversation_view>& views) {
  array_text jobs;
  for (const auto& x : batch) {
    if (x.job)
      jobs.add(*x.job);
    else
      jobs.add_null();
  }
  const auto rows = on.run(summaries_sql, array_of(batch, [](auto& x) { return x.user; }),
                           array_of(batch, [](auto& x) { return x.history; }), jobs.str());
  for (const auto& row : rows) {
    const auto position = row[0].as<size_t>() - 1;
    auto& view = views.at(position);
    if (number(row[1], false))
      view.job = to_summary(row);
    if (view.history.size() < static_cast<size_t>(batch[position].history))
      view.history.push_back(to_summary(row));
  }
}

void add_ledgers(session& on, std::span<const store::load_conversation> batch,
                 std::vector<store::conversation_view>& views) {
  const auto rows = on.run(ledger_sql, array_of(batch, [](auto& x) { return x.user; }),
                           array_of(batch, [](auto& x) { return x.ledger; }));
  for (const auto& row : rows)
    views.at(row[0].as<size_t>() - 1)
      .ledger.push_back({text(row[1]), row[2].as<int>(), time(row[3]).value()});
}

} // namespace

template <>
answers<store::put_updates> execute(session& on, std::span<const store::put_updates> batch) {
  array_text ids, chats, kinds, bodies, receivers;
  for (const auto& request : batch) {
    for (const auto& x : request.updates) {
      ids.add(x.id);
      chats.add(x.chat);
      kinds.add(x.kind);
      bodies.add(x.body);
      if (request.receiver.empty())
        receivers.add_null();
      else
        receivers.add(request.receiver);
    }
  }
  std::unordered_set<int64_t> fresh;
  for (const auto& row :
       on.run(put_updates_sql, ids.str(), chats.str(), kinds.str(), bodies.str(), receivers.str()))
    fresh.insert(row[0].as<int64_t>());
  answers<store::put_updates> result;
  for (const auto& request : batch) {
    auto& answer = result.emplace_back();
    for (const auto& x : request.updates) {
      if (fresh.erase(x.id.value) > 0) // whoever brought it first
        answer.fresh.push_back(x.id);
    }
  }
  return result;
}

template <>
answers<store::pending_updates> execute(session& on,
                                        std::span<const store::pending_updates> batch) {
  answers<store::pending_updates> result;
  for (const auto& request : batch) {
    auto& page = result.emplace_back();
    const auto& which = request.which == store::pending_updates::choice::all
                          ? pending_updates_sql
                          : updates_left_behind_sql;
    for (const auto& row : on.run(which, request.limit))
      page.updates.push_back({update_id{row[0].as<int64_t>()}, chat_id{row[1].as<int64_t>()},
                              text(row[2]), text(row[3])});
  }
  return result;
}

template <>
answers<store::load_conversation> execute(session& on,
                                          std::span<const store::load_conversation> batch) {
  answers<store::load_conversation> result(batch.size());
  const auto rows = on.run(load_sql, array_of(batch, [](auto& x) { return x.update; }),
                           array_of(batch, [](auto& x) { return x.chat; }),
                           array_of(batch, [](auto& x) { return x.user; }));
  for (const auto& row : rows)
    result.at(row[0].as<size_t>() - 1) = to_view(row);
  if (std::ranges::any_of(batch, [](auto& x) { return x.history > 0 || x.job; }))
    add_jobs(on, batch, result);
  if (std::ranges::any_of(batch, [](auto& x) { return x.ledger > 0; }))
    add_ledgers(on, batch, result);
  return result;
}

template <>
answers<store::commit_step> execute(session& on, std::span<const store::commit_step> batch) {
  step_arrays x;
  for (const auto& step : batch)
    x.add(step);
  const auto rows = x.run(on, apply_sql);
  answers<store::commit_step> result(batch.size());
  for (const auto& row : rows) {
    auto& outcome = result.at(row[0].as<size_t>() - 1);
    outcome.applied = row[1].as<bool>();
    outcome.order = static_cast<store::order_outcome>(row[2].as<int>());
    outcome.credits = row[3].as<int>();
    outcome.stale = row[4].as<bool>();
  }
  return result;
}

} // namespace neurocards::db
