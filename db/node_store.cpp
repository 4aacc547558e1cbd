#include "base/log.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/nodes.hpp"

namespace neurocards::db {

namespace {

/// Name and node are arguments of both, in the order in which `execute` passes them.
constexpr statement heartbeat_sql{
  "heartbeat",
  "SELECT heartbeat(...) AS fenced, is_paused(p_subject => 'node', p_name => $2) AS drains"};
constexpr statement leave_sql{"leave_cluster", "SELECT leave_cluster(...)"};
constexpr statement rescue_sql{"rescue_jobs", "CALL rescue_jobs(...)"};
constexpr statement sweep_sql{"sweep", "SELECT gone, more FROM sweep(...)"};
constexpr statement take_files_sql{"take_old_files", "SELECT key, more FROM take_old_files(...)"};
constexpr statement files_removed_sql{"files_removed", "SELECT files_removed(...)"};
constexpr statement ping_sql{"ping", "SELECT prove_writable()"};
constexpr statement show_cluster_sql{"show_cluster", "SELECT show_cluster(...)"};
constexpr statement snapshot_sql{"status_snapshot", "SELECT status_snapshot(...)"};

} // namespace

template <>
answers<store::heartbeat> execute(session& on, std::span<const store::heartbeat> batch) {
  answers<store::heartbeat> result;
  for (const auto& x : batch) {
    const auto rows = on.call(heartbeat_sql, {{"p_node", x.node},
                                              {"p_name", x.name},
                                              {"p_roles", x.roles},
                                              {"p_version", x.version},
                                              {"p_stats", x.stats.empty() ? "{}" : x.stats}});
    const auto row = rows.at(0);
    result.push_back({.fenced = row["fenced"].as<bool>(), .drains = row["drains"].as<bool>()});
  }
  return result;
}

template <>
answers<store::leave_cluster> execute(session& on, std::span<const store::leave_cluster> batch) {
  for (const auto& x : batch)
    on.call(leave_sql, {{"p_node", x.node}});
  return answers<store::leave_cluster>(batch.size());
}

template <>
answers<store::rescue_expired_jobs> execute(session& on,
                                            std::span<const store::rescue_expired_jobs> batch) {
  constexpr std::optional<int> told; // by the procedure
  answers<store::rescue_expired_jobs> result;
  for (const auto& x : batch) {
    const auto row =
      on.call(rescue_sql, {{"p_lease", x.lease}, {"p_set_back", told}, {"p_given", told}}).at(0);
    if (const auto back = row["p_set_back"].as<int64_t>(); back > 0)
      log::warn("db.clock_set_back", "seconds", back, "advice",
                "what waits was moved with it; check what sets the clock of the database's host");
    result.push_back({row["p_given"].as<int>()});
  }
  return result;
}

template <>
answers<store::sweep> execute(session& on, std::span<const store::sweep> batch) {
  answers<store::sweep> result;
  for (const auto& x : batch) {
    const auto row = on.call(sweep_sql, {{"p_kind", std::string{to_string(x.kind)}},
                                         {"p_keep", x.keep},
                                         {"p_limit", x.limit}})
                       .at(0);
    result.push_back({row["gone"].as<int>(), row["more"].as<bool>()});
  }
  return result;
}

template <>
answers<store::take_old_files> execute(session& on, std::span<const store::take_old_files> batch) {
  answers<store::take_old_files> result;
  for (const auto& x : batch) {
    auto& taken = result.emplace_back();
    for (const auto& row : on.call(take_files_sql, {{"p_keep", x.keep}, {"p_limit", x.limit}})) {
      if (!row["key"].is_null())
        taken.keys.push_back(storage_key{row["key"].as<std::string>()});
      taken.more = row["more"].as<bool>();
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
  on.call(files_removed_sql, {{"p_keys", keys}});
  return answers<store::files_removed>(batch.size());
}

template <>
answers<store::ping> execute(session& on, std::span<const store::ping> batch) {
  on.run(ping_sql);
  return answers<store::ping>(batch.size());
}

template <>
answers<store::show_cluster> execute(session& on, std::span<const store::show_cluster> batch) {
  on.call(show_cluster_sql, {{"p_view", batch.back().json}}); // a newer view replaces an older one
  return answers<store::show_cluster>(batch.size());
}

template <>
answers<store::snapshot> execute(session& on, std::span<const store::snapshot> batch) {
  answers<store::snapshot> result;
  for (const auto& x : batch)
    result.push_back({only(on.call(snapshot_sql, {{"p_lease", x.lease}})).as<std::string>()});
  return result;
}

} // namespace neurocards::db
