#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/history.hpp"

namespace neurocards::db {

namespace {

constexpr statement show_job_sql{"job_history", "SELECT job_history(...)"};

constexpr statement take_ended_sql{"take_ended", "SELECT take_ended()"};

constexpr statement durations_sql{"durations_seen", "SELECT durations_seen()"};

constexpr statement keep_outlook_sql{"keep_outlook", "SELECT keep_outlook(...)"};

} // namespace

template <>
answers<store::show_job> execute(session& on, std::span<const store::show_job> batch) {
  answers<store::show_job> result;
  for (const auto& x : batch)
    result.push_back({text(only(on.call(show_job_sql, {{"p_job", x.job}, {"p_texts", x.texts}})))});
  return result;
}

template <>
answers<store::take_ended> execute(session& on, std::span<const store::take_ended> batch) {
  answers<store::take_ended> result;
  for (size_t i = 0; i < batch.size(); ++i)
    result.push_back({text(only(on.run(take_ended_sql)))});
  return result;
}

template <>
answers<store::read_durations> execute(session& on, std::span<const store::read_durations> batch) {
  answers<store::read_durations> result;
  for (size_t i = 0; i < batch.size(); ++i)
    result.push_back({text(only(on.run(durations_sql)))});
  return result;
}

template <>
answers<store::keep_outlook> execute(session& on, std::span<const store::keep_outlook> batch) {
  for (const auto& x : batch)
    on.call(keep_outlook_sql, {{"p_outlook", x.json.empty() ? std::string{"null"} : x.json}});
  return answers<store::keep_outlook>(batch.size());
}

} // namespace neurocards::db
