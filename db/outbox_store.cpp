#include "db/columns.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"

#include "domain/language.hpp"
#include "protocol/store/outbox.hpp"

namespace neurocards::db {

namespace {

constexpr statement due_sql{
  "due_notices",
  "SELECT id, chat_id, kind, payload, tries, " NEUROCARDS_AGE(
    "created_at") " AS age, " NEUROCARDS_AGE("received_at") " AS update_age, "
                                                            "language_code, job_id, attempts, "
                                                            "model, credits, video, video_bytes, "
                                                            "video_file_id, place, "
                                                            "(facts->>'width')::int AS width, "
                                                            "(facts->>'height')::int "
                                                            "AS height, "
                                                            "(facts->>'seconds')::int AS seconds "
                                                            "FROM due_notices(...)"};
constexpr statement sent_sql{"mark_sent", "SELECT mark_sent(...)"};
constexpr statement defer_sql{"defer_notices", "SELECT defer_notices(...)"};
/// Whether there was any to read, which says how soon to ask again.
constexpr statement refresh_progress_sql{
  "paint_cards", "SELECT EXISTS (SELECT FROM cards WHERE NOT finished)::int FROM paint_cards(...)"};
constexpr statement drop_sql{"drop_notices", "SELECT drop_notices(...)"};

store::notification to_notification(const pqxx::row& row, notification_kind kind) {
  store::notification x;
  x.id = notification_id{row["id"].as<int64_t>()};
  x.chat = chat_id{row["chat_id"].as<int64_t>()};
  x.kind = kind;
  x.payload = text(row["payload"]);
  x.tries = row["tries"].as<int>();
  x.age = age(row["age"]).value();
  x.update_age = age(row["update_age"]);
  x.language = to_string(language_of(text(row["language_code"])));
  if (!row["job_id"].is_null())
    x.job = job_id{id(row["job_id"])};
  x.attempts = row["attempts"].as<int>();
  x.model = text(row["model"]);
  x.credits = row["credits"].as<int>();
  x.video = storage_key{text(row["video"])};
  x.video_bytes = row["video_bytes"].as<int64_t>();
  x.video_file_id = text(row["video_file_id"]);
  x.place = text(row["place"]);
  x.facts = {number(row["width"], 0), number(row["height"], 0), number(row["seconds"], 0)};
  return x;
}

/// A newer node may write kinds that are unknown here, and must not hide all others by that.
void add_row(store::notification_page& page, const pqxx::row& row) {
  auto word = text(row["kind"]);
  if (const auto kind = parse_notification_kind(word))
    page.notifications.push_back(to_notification(row, *kind));
  else
    page.foreign.push_back({notification_id{row["id"].as<int64_t>()}, std::move(word)});
}

std::string facts_json(const video_facts& x) {
  return R"({"width": )" + std::to_string(x.width) + R"(, "height": )" + std::to_string(x.height)
         + R"(, "seconds": )" + std::to_string(x.seconds) + "}";
}

template <class Request>
argument errors_of(std::span<const Request> batch) {
  return column("p_errors", batch, &Request::error);
}

} // namespace

template <>
answers<store::due_notifications> execute(session& on,
                                          std::span<const store::due_notifications> batch) {
  answers<store::due_notifications> result;
  for (const auto& x : batch) {
    auto& page = result.emplace_back();
    for (const auto& row : on.call(due_sql, {{"p_limit", x.limit}, column("p_busy", x.busy)}))
      add_row(page, row);
  }
  return result;
}

template <>
answers<store::mark_sent> execute(session& on, std::span<const store::mark_sent> batch) {
  array_text facts;
  for (const auto& x : batch) {
    if (x.facts.known())
      facts.add_json(facts_json(x.facts));
    else
      facts.add_null();
  }
  on.call(sent_sql, {ids_of(batch),
                     column("p_messages", batch, &store::mark_sent::message_id),
                     column("p_files", batch, &store::mark_sent::video_file_id),
                     {"p_facts", facts}});
  return answers<store::mark_sent>(batch.size());
}

template <>
answers<store::defer_notification> execute(session& on,
                                           std::span<const store::defer_notification> batch) {
  using request = store::defer_notification;
  on.call(defer_sql, {ids_of(batch), column("p_delays_ms", batch, &request::delay),
                      errors_of(batch), column("p_aside", batch, &request::aside)});
  return answers<request>(batch.size());
}

/// How long ago Telegram was asked is told, not when: the clocks of hosts do not matter.
template <>
answers<store::drop_notification> execute(session& on,
                                          std::span<const store::drop_notification> batch) {
  const auto now = std::chrono::steady_clock::now();
  using request = store::drop_notification;
  const auto age = [now](const request& x) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - x.sent_at.value_or(now));
  };
  on.call(drop_sql, {ids_of(batch), errors_of(batch), column("p_blocked", batch, &request::blocked),
                     column("p_ages_ms", batch, age)});
  return answers<request>(batch.size());
}

template <>
answers<store::refresh_progress> execute(session& on,
                                         std::span<const store::refresh_progress> batch) {
  answers<store::refresh_progress> result;
  for (const auto& x : batch)
    result.push_back({only(on.call(refresh_progress_sql, {{"p_limit", x.limit}})).as<int>()});
  return result;
}

} // namespace neurocards::db
