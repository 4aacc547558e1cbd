#include "db/array_text.hpp"
#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/outages.hpp"

namespace neurocards::db {

namespace {

constexpr statement failures_sql{
  "report_failures",
  "SELECT report_failures($1, $2, $3::boolean, $4, $5, $6, $7, $8 * interval '1 ms')"};
constexpr statement probe_sql{"report_probe",
                              "SELECT report_probe($1, $2, $3, $4, $5 * interval '1 ms')"};
constexpr statement watch_sql{
  "watch_provider",
  "SELECT down, down_ms, why, probe_wanted, failed FROM watch_provider($1, $2, $3, "
  "$4 * interval '1 ms')"};

std::string_view name_of(failure_stage x) {
  return x == failure_stage::creation ? "creation" : "task";
}

failure_origin origin_of(const std::string& word) {
  if (word == "provider")
    return failure_origin::provider;
  return word == "node" ? failure_origin::node : failure_origin::job;
}

/// NULL for nullopt.
const char* sql_word(const std::optional<bool>& x) {
  return !x ? nullptr : *x ? "true" : "false";
}

} // namespace

template <>
answers<store::report_failures> execute(session& on,
                                        std::span<const store::report_failures> batch) {
  answers<store::report_failures> result;
  for (const auto& x : batch) {
    const auto rows = on.run(failures_sql, x.provider, to_string(x.watcher), sql_word(x.reached),
                             array_of(x.failures, [](auto& y) { return name_of(y.stage); }),
                             array_of(x.failures, [](auto& y) { return y.job; }),
                             array_of(x.failures, [](auto& y) { return y.owner; }), x.reason,
                             static_cast<int64_t>(x.lease.count()));
    result.push_back(origin_of(text(rows[0][0])));
  }
  return result;
}

template <>
answers<store::report_probe> execute(session& on, std::span<const store::report_probe> batch) {
  for (const auto& x : batch)
    on.run(probe_sql, x.provider, to_string(x.watcher), x.reached, x.reason,
           static_cast<int64_t>(x.lease.count()));
  return answers<store::report_probe>(batch.size());
}

template <>
answers<store::watch_provider> execute(session& on, std::span<const store::watch_provider> batch) {
  answers<store::watch_provider> result;
  for (const auto& x : batch) {
    const auto rows = on.run(watch_sql, x.provider, to_string(x.watcher),
                             array_of(x.models, [](auto& y) { return std::string_view{y}; }),
                             static_cast<int64_t>(x.patience.count()));
    const auto& row = rows[0];
    result.push_back({row[0].as<bool>(), std::chrono::milliseconds{row[1].as<int64_t>()},
                      text(row[2]), row[3].as<bool>(), row[4].as<int>()});
  }
  return result;
}

} // namespace neurocards::db
