#include "db/operations.hpp"
#include "db/rows.hpp"
#include "protocol/store/operators.hpp"

namespace neurocards::db {

namespace {

constexpr statement jobs_sql{"jobs_page", "SELECT jobs_page(...)"};
constexpr statement errors_sql{"errors_page", "SELECT errors_page(...)"};
constexpr statement actions_sql{"actions_page", "SELECT actions_page(...)"};
constexpr statement count_sql{"jobs_matching", "SELECT count(*) FROM jobs_matching(...)"};
constexpr statement act_on_filter_sql{"operator_act_on_jobs", "SELECT operator_act_on_jobs(...)"};
constexpr statement act_on_list_sql{"operator_act_on_list", "SELECT operator_act_on_list(...)"};
constexpr statement pull_lever_sql{"operator_pull_lever", "SELECT operator_pull_lever(...)"};

store::operators_json act(session& on, const store::act_on_jobs& x) {
  if (!x.jobs.empty())
    return {text(only(on.call(act_on_list_sql, {{"p_action", std::string{to_string(x.action)}},
                                                column("p_ids", x.jobs),
                                                {"p_operator", x.by.name},
                                                {"p_reason", x.by.reason}})))};
  // Who expected another number is told the right one, as a value: operator_act_on_jobs only
  // refuses, which is for what changes in between.
  const auto count = only(on.call(count_sql, {{"p_filter", x.filter}})).as<int>();
  if (count != x.expected)
    return {R"({"count":)" + std::to_string(count) + "}"};
  return {text(only(on.call(act_on_filter_sql, {{"p_action", std::string{to_string(x.action)}},
                                                {"p_filter", x.filter},
                                                {"p_expected", x.expected},
                                                {"p_operator", x.by.name},
                                                {"p_reason", x.by.reason}})))};
}

} // namespace

template <>
answers<store::jobs_page> execute(session& on, std::span<const store::jobs_page> batch) {
  answers<store::jobs_page> result;
  for (const auto& x : batch)
    result.push_back({text(only(on.call(jobs_sql, {{"p_filter", x.filter},
                                                   {"p_before", x.before},
                                                   {"p_limit", x.limit},
                                                   {"p_texts", x.texts}})))});
  return result;
}

template <>
answers<store::errors_page> execute(session& on, std::span<const store::errors_page> batch) {
  answers<store::errors_page> result;
  for (const auto& x : batch)
    result.push_back(
      {text(only(on.call(errors_sql, {{"p_since", x.since}, {"p_texts", x.texts}})))});
  return result;
}

template <>
answers<store::actions_page> execute(session& on, std::span<const store::actions_page> batch) {
  answers<store::actions_page> result;
  for (const auto& x : batch)
    result.push_back({text(only(on.call(
      actions_sql, {{"p_before", x.before}, {"p_target", x.target}, {"p_limit", x.limit}})))});
  return result;
}

template <>
answers<store::act_on_jobs> execute(session& on, std::span<const store::act_on_jobs> batch) {
  answers<store::act_on_jobs> result;
  for (const auto& x : batch)
    result.push_back(act(on, x));
  return result;
}

template <>
answers<store::pull_lever> execute(session& on, std::span<const store::pull_lever> batch) {
  answers<store::pull_lever> result;
  for (const auto& x : batch)
    result.push_back(
      {text(only(on.call(pull_lever_sql, {{"p_subject", std::string{to_string(x.subject)}},
                                          {"p_name", x.name},
                                          {"p_pauses", x.action == lever_action::pause},
                                          {"p_for", x.limit},
                                          {"p_operator", x.by.name},
                                          {"p_reason", x.by.reason},
                                          column("p_configured", x.configured)})))});
  return result;
}

} // namespace neurocards::db
