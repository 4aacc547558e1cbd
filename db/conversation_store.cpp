#include "base/log.hpp"
#include "db/columns.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "db/step_arrays.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"

#include <unordered_set>

namespace neurocards::db {

namespace {

constexpr statement put_updates_sql{"put_updates", "SELECT put_updates(...)"};

constexpr statement pending_updates_sql{
  "pending_updates", "SELECT update_id, chat_id, kind, body FROM updates WHERE handled_at IS NULL "
                     "ORDER BY update_id LIMIT $1"};

constexpr statement updates_left_behind_sql{
  "updates_left_behind", "SELECT update_id, chat_id, kind, body FROM updates_left_behind(...)"};

constexpr statement load_sql{
  "load_conversations",
  "SELECT pos, handled, credits, language_code, terms_version, banned, state, data, "
  "jobs_ahead, outlook, version, news_off FROM load_conversations(...)"};

constexpr statement summaries_sql{
  "job_summaries", "SELECT pos, again, id, status, product_name, product_text, user_prompt, "
                   "extra_wishes, photo, waits, has_video, " NEUROCARDS_TIME(
                     "created_at") " AS created_at FROM job_summaries(...)"};

constexpr statement ledger_sql{"ledger_tails",
                               "SELECT pos, kind, amount, " NEUROCARDS_TIME(
                                 "created_at") " AS created_at FROM ledger_tails(...)"};

constexpr statement bot_sql{"bot_username",
                            "SELECT value->>'username' AS name FROM settings WHERE key = 'bot'"};

constexpr statement cluster_sql{"status_of_cluster", "SELECT status_snapshot()"};

constexpr statement apply_sql{"apply_steps",
                              "SELECT pos, applied, outcome, credits, stale FROM apply_steps(...)"};

store::conversation_view to_view(const pqxx::row& row) {
  store::conversation_view view;
  view.handled = row["handled"].as<bool>();
  view.credits = row["credits"].as<int>();
  view.language_code = text(row["language_code"]);
  view.terms_version = text(row["terms_version"]);
  view.banned = row["banned"].as<bool>();
  view.state = text(row["state"]);
  view.data = text(row["data"]);
  view.jobs_ahead = row["jobs_ahead"].as<int>();
  view.outlook = text(row["outlook"]);
  view.version = row["version"].as<int64_t>();
  view.news_off = row["news_off"].as<bool>();
  return view;
}

store::job_summary to_summary(const pqxx::row& row, job_status status) {
  store::job_summary job;
  job.id = job_id{id(row["id"])};
  job.status = status;
  job.product_name = text(row["product_name"]);
  job.product_text = text(row["product_text"]);
  job.user_prompt = text(row["user_prompt"]);
  job.extra_wishes = text(row["extra_wishes"]);
  job.photo = storage_key{text(row["photo"])};
  job.created_at = time(row["created_at"]).value();
  job.waits = row["waits"].as<bool>();
  job.has_video = row["has_video"].as<bool>();
  return job;
}

void add_jobs(session& on, std::span<const store::load_conversation> batch,
              std::vector<store::conversation_view>& views) {
  const auto rows =
    on.call(summaries_sql, {users_of(batch), jobs_of(batch),
                            column("p_limits", batch, &store::load_conversation::history),
                            column("p_skipped", batch, &store::load_conversation::skipped)});
  for (const auto& row : rows) {
    const auto n = position(row);
    auto& view = views.at(n);
    const auto word = text(row["status"]);
    const auto status = parse_job_status(word);
    if (!status) { // a newer node's word: the list is shown without this job
      log::warn("db.job_status_unknown", "job", id(row["id"]), "status", word);
      continue;
    }
    if (number(row["again"], false))
      view.job = to_summary(row, *status);
    if (view.history.size() < static_cast<size_t>(batch[n].history))
      view.history.push_back(to_summary(row, *status));
  }
}

void add_ledgers(session& on, std::span<const store::load_conversation> batch,
                 std::vector<store::conversation_view>& views) {
  const auto rows = on.call(
    ledger_sql, {users_of(batch), column("p_limits", batch, &store::load_conversation::ledger)});
  for (const auto& row : rows) {
    const auto word = text(row["kind"]);
    if (const auto kind = parse_ledger_kind(word))
      views.at(position(row))
        .ledger.push_back({*kind, row["amount"].as<int>(), time(row["created_at"]).value()});
    else // a newer node's word: the list is shown without this movement
      log::warn("db.ledger_kind_unknown", "kind", word);
  }
}

void add_bot(session& on, std::vector<store::conversation_view>& views) {
  const auto rows = on.run(bot_sql);
  for (auto& view : views)
    if (!rows.empty())
      view.bot_username = text(rows.front()["name"]);
}

void add_cluster(session& on, std::span<const store::load_conversation> batch,
                 std::vector<store::conversation_view>& views) {
  const auto snapshot = text(only(on.run(cluster_sql)));
  for (size_t i = 0; i < batch.size(); ++i)
    if (batch[i].cluster)
      views[i].cluster = snapshot;
}

} // namespace

template <>
answers<store::put_updates> execute(session& on, std::span<const store::put_updates> batch) {
  array_arguments arrays;
  auto& ids = arrays.add("p_ids");
  auto& chats = arrays.add("p_chats");
  auto& kinds = arrays.add("p_kinds");
  auto& bodies = arrays.add("p_bodies");
  auto& receivers = arrays.add("p_receivers");
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
  for (const auto& row : on.call(put_updates_sql, arrays.all()))
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
    const auto rows = request.which == store::pending_updates::choice::all
                        ? on.run(pending_updates_sql, request.limit)
                        : on.call(updates_left_behind_sql, {{"p_limit", request.limit}});
    for (const auto& row : rows)
      page.updates.push_back({update_id{row["update_id"].as<int64_t>()},
                              chat_id{row["chat_id"].as<int64_t>()}, text(row["kind"]),
                              text(row["body"])});
  }
  return result;
}

template <>
answers<store::load_conversation> execute(session& on,
                                          std::span<const store::load_conversation> batch) {
  answers<store::load_conversation> result(batch.size());
  const auto rows =
    on.call(load_sql, {column("p_updates", batch, &store::load_conversation::update),
                       column("p_chats", batch, &store::load_conversation::chat), users_of(batch)});
  for (const auto& row : rows)
    result.at(position(row)) = to_view(row);
  if (std::ranges::any_of(batch, [](auto& x) { return x.history > 0 || x.job; }))
    add_jobs(on, batch, result);
  if (std::ranges::any_of(batch, [](auto& x) { return x.ledger > 0; }))
    add_ledgers(on, batch, result);
  if (std::ranges::any_of(batch, &store::load_conversation::cabinet))
    add_bot(on, result);
  if (std::ranges::any_of(batch, &store::load_conversation::cluster))
    add_cluster(on, batch, result);
  return result;
}

template <>
answers<store::commit_step> execute(session& on, std::span<const store::commit_step> batch) {
  step_arrays arrays;
  for (const auto& step : batch)
    arrays.add(step);
  const auto rows = on.call(apply_sql, arrays.all());
  answers<store::commit_step> result(batch.size());
  for (const auto& row : rows) {
    auto& outcome = result.at(position(row));
    outcome.applied = row["applied"].as<bool>();
    outcome.order = static_cast<store::order_outcome>(row["outcome"].as<int>());
    outcome.credits = row["credits"].as<int>();
    outcome.stale = row["stale"].as<bool>();
  }
  return result;
}

} // namespace neurocards::db
