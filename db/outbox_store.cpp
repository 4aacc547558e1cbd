#include "db/array_text.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"

#include "domain/language.hpp"
#include "protocol/store/outbox.hpp"

namespace neurocards::db {

namespace {

constexpr statement due_sql{
  "due_notices",
  "SELECT id, chat_id, kind, payload, tries, " NEUROCARDS_AGE(
    "created_at") ", language_code, job_id, attempts, model, credits, video, video_bytes, "
                  "video_file_id, place, (facts->>'width')::int, (facts->>'height')::int, "
                  "(facts->>'seconds')::int FROM due_notices($1, $2)"};
constexpr statement sent_sql{"mark_sent", "SELECT mark_sent($1, $2, $3, $4)"};
constexpr statement defer_sql{"defer_notices", "SELECT defer_notices($1, $2, $3, $4)"};
constexpr statement paint_sql{"paint_cards", "SELECT paint_cards($1)"};
constexpr statement drop_sql{"drop_notices", "SELECT drop_notices($1, $2, $3, $4)"};

store::notice to_notice(const pqxx::row& row) {
  store::notice x;
  x.id = notice_id{row[0].as<int64_t>()};
  x.chat = chat_id{row[1].as<int64_t>()};
  x.kind = text(row[2]);
  x.payload = text(row[3]);
  x.tries = row[4].as<int>();
  x.age = age(row[5]).value();
  x.language = to_string(language_of(text(row[6])));
  if (!row[7].is_null())
    x.job = job_id{id(row[7])};
  x.attempts = row[8].as<int>();
  x.model = text(row[9]);
  x.credits = row[10].as<int>();
  x.video = storage_key{text(row[11])};
  x.video_bytes = row[12].as<int64_t>();
  x.video_file_id = text(row[13]);
  x.place = text(row[14]);
  x.facts = {number(row[15], 0), number(row[16], 0), number(row[17], 0)};
  return x;
}

std::string facts_json(const video_facts& x) {
  return R"({"width": )" + std::to_string(x.width) + R"(, "height": )" + std::to_string(x.height)
         + R"(, "seconds": )" + std::to_string(x.seconds) + "}";
}

template <class Request>
std::string ids_of(std::span<const Request> batch) {
  return array_of(batch, [](const Request& x) { return x.id; });
}

} // namespace

template <>
answers<store::due_notices> execute(session& on, std::span<const store::due_notices> batch) {
  answers<store::due_notices> result;
  for (const auto& x : batch) {
    auto& page = result.emplace_back();
    const auto busy = array_of(x.busy, [](auto& chat) { return chat; });
    for (const auto& row : on.run(due_sql, x.limit, busy))
      page.notices.push_back(to_notice(row));
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
  on.run(sent_sql, ids_of(batch), array_of(batch, [](auto& x) { return x.message_id; }),
         array_of(batch, [](auto& x) { return std::string_view{x.video_file_id}; }), facts.str());
  return answers<store::mark_sent>(batch.size());
}

template <>
answers<store::defer_notice> execute(session& on, std::span<const store::defer_notice> batch) {
  on.run(defer_sql, ids_of(batch), array_of(batch, [](auto& x) { return x.delay; }),
         array_of(batch, [](auto& x) { return std::string_view{x.error}; }),
         array_of(batch, [](auto& x) { return x.aside; }));
  return answers<store::defer_notice>(batch.size());
}

/// How long ago Telegram was asked is told, not when: the clocks of hosts do not matter.
template <>
answers<store::drop_notice> execute(session& on, std::span<const store::drop_notice> batch) {
  const auto now = std::chrono::steady_clock::now();
  on.run(
    drop_sql, ids_of(batch), array_of(batch, [](auto& x) { return std::string_view{x.error}; }),
    array_of(batch, [](auto& x) { return x.blocked; }), array_of(batch, [now](auto& x) {
      return std::chrono::duration_cast<std::chrono::milliseconds>(now - x.sent_at.value_or(now));
    }));
  return answers<store::drop_notice>(batch.size());
}

template <>
answers<store::paint_cards> execute(session& on, std::span<const store::paint_cards> batch) {
  answers<store::paint_cards> result;
  for (const auto& x : batch)
    result.push_back({on.run(paint_sql, x.limit)[0][0].as<int>()});
  return result;
}

} // namespace neurocards::db
