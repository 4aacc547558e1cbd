#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/history.hpp"

namespace neurocards::db {

namespace {

constexpr statement show_job_sql{"job_history", "SELECT job_history(...)"};

constexpr statement take_ended_sql{"take_ended", "SELECT take_ended()"};

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

} // namespace neurocards::db
