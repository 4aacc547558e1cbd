#include "db/columns.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/reach.hpp"

namespace neurocards::db {

namespace {

constexpr statement raise_sql{"raise_alerts", "SELECT raise_alerts(...)"};
constexpr statement tell_sql{"tell_operators", "SELECT tell_operators(...)"};
constexpr statement release_sql{"release_news", "SELECT messages, running FROM release_news(...)"};
constexpr statement note_bot_sql{"note_bot", "SELECT note_bot(...)"};

} // namespace

template <>
answers<store::raise_alert> execute(session& on, std::span<const store::raise_alert> batch) {
  array_text details;
  for (const auto& x : batch)
    details.add_json(x.details.empty() ? "{}" : x.details);
  on.call(raise_sql, {column("p_causes", batch, &store::raise_alert::cause),
                      column("p_subjects", batch, &store::raise_alert::subject),
                      {"p_details", details}});
  return answers<store::raise_alert>(batch.size());
}

template <>
answers<store::tell_operators> execute(session& on, std::span<const store::tell_operators> batch) {
  answers<store::tell_operators> result;
  for (const auto& x : batch)
    result.push_back({only(on.call(tell_sql, {column("p_chats", x.chats),
                                              column("p_keys", x.keys),
                                              column("p_models", x.models),
                                              {"p_scripts", x.writes_scripts}}))
                        .as<int>()});
  return result;
}

template <>
answers<store::release_news> execute(session& on, std::span<const store::release_news> batch) {
  answers<store::release_news> result;
  for (const auto& x : batch) {
    const auto row = on.call(release_sql, {{"p_limit", x.limit}}).at(0);
    result.push_back({row["messages"].as<int>(), row["running"].as<bool>()});
  }
  return result;
}

template <>
answers<store::note_bot> execute(session& on, std::span<const store::note_bot> batch) {
  for (const auto& x : batch)
    on.call(note_bot_sql, {{"p_username", x.username}});
  return answers<store::note_bot>(batch.size());
}

} // namespace neurocards::db
