#include "base/log.hpp"
#include "db/array_text.hpp"
#include "db/operations.hpp"
#include "protocol/store/nodes.hpp"

namespace neurocards::db {

namespace {

constexpr statement heartbeat_sql{"heartbeat", "SELECT heartbeat($1, $2, $3, $4, $5)"};
constexpr statement leave_sql{"leave_cluster", "SELECT leave_cluster($1)"};
constexpr statement clock_sql{"follow_clock",
                              "SELECT ceil(extract(epoch FROM follow_clock()))::bigint"};
constexpr statement rescue_sql{"rescue_expired_jobs",
                               "SELECT rescue_expired_jobs($1 * interval '1 ms', false)"};
constexpr statement aftercare_sql{
  "fail_orphans", "SELECT fail_orphans() + rescue_forgotten_jobs($1 * interval '1 ms')"};
constexpr statement sweep_sql{"sweep", "SELECT gone, more FROM sweep($1, $2 * interval '1 s', $3)"};
constexpr statement take_files_sql{"take_old_files",
                                   "SELECT key, more FROM take_old_files($1 * interval '1 s', $2)"};
constexpr statement files_removed_sql{"files_removed", "SELECT files_removed($1)"};
constexpr statement ping_sql{"ping", "SELECT prove_writable()"};
constexpr statement show_cluster_sql{"show_cluster", "SELECT show_cluster($1)"};
constexpr statement snapshot_sql{"status_snapshot", "SELECT status_snapshot($1 * interval '1 ms')"};

} // namespace

template <>
answers<store::heartbeat> execute(session& on, std::span<const store::heartbeat> batch) {
  answers<store::heartbeat> result;
  for (const auto& x : batch) {
    const auto rows = on.run(heartbeat_sql, to_string(x.node), x.name, x.roles, x.version,
                             x.stats.empty() ? std::string{"{}"} : x.stats);
    result.push_back({.fenced = rows[0][0].as<bool>()});
  }
  return result;
}

template <>
answers<store::leave_cluster> execute(session& on, std::span<const store::leave_cluster> batch) {
  for (const auto& x : batch)
    on.run(leave_sql, to_string(x.node));
  return answers<store::leave_cluster>(batch.size());
}

template <>
answers<store::rescue_expired_jobs> execute(session& on,
                                            std::span<const store::rescue_expired_jobs> batch) {
  // First: a clock that was set back makes the dead seem alive.
  if (const auto back = on.run(clock_sql)[0][0].as<int64_t>(); back > 0)
    log::warn("db.clock_set_back", "seconds", back, "advice",
              "what waits was moved with it; check what sets the clock of the database's host");
  answers<store::rescue_expired_jobs> result;
  for (const auto& x : batch) {
    const auto lease = static_cast<int64_t>(x.lease.count());
    // Two transactions: whoever cannot be refunded now must not keep a dead node's jobs from being
    // given back.
    const int given = on.run(rescue_sql, lease)[0][0].as<int>();
    result.push_back({given + on.run(aftercare_sql, lease)[0][0].as<int>()});
  }
  return result;
}

template <>
answers<store::sweep> execute(session& on, std::span<const store::sweep> batch) {
  answers<store::sweep> result;
  for (const auto& x : batch) {
    const auto rows =
      on.run(sweep_sql, to_string(x.kind), static_cast<int64_t>(x.keep.count()), x.limit);
    result.push_back({rows[0][0].as<int>(), rows[0][1].as<bool>()});
  }
  return result;
}

template <>
answers<store::take_old_files> execute(session& on, std::span<const store::take_old_files> batch) {
  answers<store::take_old_files> result;
  for (const auto& x : batch) {
    auto& taken = result.emplace_back();
    for (const auto& row : on.run(take_files_sql, static_cast<int64_t>(x.keep.count()), x.limit)) {
      if (!row[0].is_null())
        taken.keys.push_back(storage_key{row[0].as<std::string>()});
      taken.more = row[1].as<bool>();
    }
  }
  return result;
}

template <>
answers<store::files_removed> execute(session& on, std::span<const store::files_removed> batch) {
  array_text keys;
  for (const auto& x : batch)
    for (const auto& key : x.keys)
      keys.add(key);
  on.run(files_removed_sql, keys.str());
  return answers<store::files_removed>(batch.size());
}

template <>
answers<store::ping> execute(session& on, std::span<const store::ping> batch) {
  on.run(ping_sql);
  return answers<store::ping>(batch.size());
}

template <>
answers<store::show_cluster> execute(session& on, std::span<const store::show_cluster> batch) {
  on.run(show_cluster_sql, batch.back().json); // a newer view replaces an older one
  return answers<store::show_cluster>(batch.size());
}

template <>
answers<store::snapshot> execute(session& on, std::span<const store::snapshot> batch) {
  answers<store::snapshot> result;
  for (const auto& x : batch)
    result.push_back(
      {on.run(snapshot_sql, static_cast<int64_t>(x.lease.count()))[0][0].as<std::string>()});
  return result;
}

} // namespace neurocards::db
