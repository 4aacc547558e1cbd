#include "db/locked_rows.hpp"

#include "db/columns.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/queue.hpp"

namespace neurocards::db {

namespace {

constexpr statement jobs_sql{"locked_jobs", "SELECT locked_jobs(...)"};
constexpr statement steps_sql{"locked_steps", "SELECT locked_steps(...)"};
constexpr statement notifications_sql{"locked_notices", "SELECT locked_notices(...)"};

std::vector<bool> flags(const pqxx::result& positions, size_t count) {
  std::vector<bool> result(count);
  for (const auto& row : positions)
    result.at(row[0].as<size_t>() - 1) = true;
  return result;
}

template <class Request>
std::vector<bool> locked_jobs(session& on, std::span<const Request> batch, bool owners) {
  return flags(on.call(jobs_sql, {jobs_of(batch), {"p_owners", owners}}), batch.size());
}

/// `with_job`, `with_user`: whether the row of the notification's job or user is written as well.
template <class Request>
std::vector<bool> locked_notifications(session& on, std::span<const Request> batch,
                                       bool (*with_job)(const Request&),
                                       bool (*with_user)(const Request&)) {
  return flags(on.call(notifications_sql, {ids_of(batch), column("p_jobs", batch, with_job),
                                           column("p_users", batch, with_user)}),
               batch.size());
}

} // namespace

std::vector<bool> locked_rows(session& on, std::span<const store::commit_step> batch) {
  return flags(on.call(steps_sql, {column("p_updates", batch, &store::commit_step::update),
                                   column("p_chats", batch, &store::commit_step::chat),
                                   column("p_users", batch, [](auto& x) { return x.who.user; })}),
               batch.size());
}

std::vector<bool> locked_rows(session& on, std::span<const store::record_prompt> batch) {
  return locked_jobs(on, batch, false);
}

std::vector<bool> locked_rows(session& on, std::span<const store::record_intent> batch) {
  return locked_jobs(on, batch, false);
}

std::vector<bool> locked_rows(session& on, std::span<const store::record_task> batch) {
  return locked_jobs(on, batch, false);
}

std::vector<bool> locked_rows(session& on, std::span<const store::retry_job> batch) {
  return locked_jobs(on, batch, false);
}

std::vector<bool> locked_rows(session& on, std::span<const store::complete_job> batch) {
  return locked_jobs(on, batch, false);
}

std::vector<bool> locked_rows(session& on, std::span<const store::fail_job> batch) {
  return locked_jobs(on, batch, true); // the credit comes back
}

std::vector<bool> locked_rows(session& on, std::span<const store::mark_sent> batch) {
  return locked_notifications<store::mark_sent>(
    on, batch, [](const auto& x) { return !x.video_file_id.empty(); },
    [](const auto&) { return false; });
}

std::vector<bool> locked_rows(session& on, std::span<const store::defer_notification> batch) {
  return locked_notifications<store::defer_notification>(
    on, batch, [](const auto&) { return false; }, [](const auto&) { return false; });
}

std::vector<bool> locked_rows(session& on, std::span<const store::drop_notification> batch) {
  return locked_notifications<store::drop_notification>(
    on, batch, [](const auto&) { return false; }, [](const auto& x) { return x.blocked; });
}

} // namespace neurocards::db
