#include "db/operations.hpp"
#include "db/rows.hpp"
#include "db/word.hpp"
#include "protocol/store/outages.hpp"

namespace neurocards::db {

namespace {

constexpr statement failures_sql{"report_failures", "SELECT report_failures(...)"};
constexpr statement probe_sql{"report_probe", "SELECT report_probe(...)"};
constexpr statement watch_sql{
  "watch_provider", "SELECT down, down_ms, why, probe_wanted, failed FROM watch_provider(...)"};

std::string_view name_of(failure_stage x) {
  return x == failure_stage::creation ? "creation" : "task";
}

constexpr std::array origins{word<failure_origin>{"provider", failure_origin::provider},
                             word<failure_origin>{"node", failure_origin::node},
                             word<failure_origin>{"job", failure_origin::job}};

} // namespace

template <>
answers<store::report_failures> execute(session& on,
                                        std::span<const store::report_failures> batch) {
  answers<store::report_failures> result;
  for (const auto& x : batch) {
    const auto rows =
      on.call(failures_sql,
              {{"p_provider", x.provider},
               {"p_watcher", x.watcher},
               {"p_reached", x.reached},
               column("p_stages", x.failures, [](auto& failed) { return name_of(failed.stage); }),
               column("p_jobs", x.failures, &weigh_failure::job),
               column("p_users", x.failures, &weigh_failure::owner),
               {"p_reason", x.reason},
               {"p_lease", x.lease}});
    result.push_back(value_of(origins, text(only(rows))));
  }
  return result;
}

template <>
answers<store::report_probe> execute(session& on, std::span<const store::report_probe> batch) {
  for (const auto& x : batch)
    on.call(probe_sql, {{"p_provider", x.provider},
                        {"p_watcher", x.watcher},
                        {"p_reached", x.reached},
                        {"p_reason", x.reason},
                        {"p_lease", x.lease}});
  return answers<store::report_probe>(batch.size());
}

template <>
answers<store::watch_provider> execute(session& on, std::span<const store::watch_provider> batch) {
  answers<store::watch_provider> result;
  for (const auto& x : batch) {
    const auto row = on.call(watch_sql, {{"p_provider", x.provider},
                                         {"p_watcher", x.watcher},
                                         column("p_models", x.models),
                                         {"p_patience", x.patience},
                                         column("p_keys", x.keys)})
                       .at(0);
    result.push_back({row["down"].as<bool>(),
                      std::chrono::milliseconds{row["down_ms"].as<int64_t>()}, text(row["why"]),
                      row["probe_wanted"].as<bool>(), row["failed"].as<int>()});
  }
  return result;
}

} // namespace neurocards::db
