#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/job_action.hpp"
#include "protocol/store/lever.hpp"
#include "protocol/store/request.hpp"

#include <optional>
#include <string>
#include <vector>

/// What operators read and do over HTTP. All are answered with a JSON object.
namespace neurocards::store {

struct operators_json {
  std::string text;
};

/// A page of jobs, newest first: `jobs_page` in SQL.
struct jobs_page {
  std::string filter; // a JSON object of terms (domain/job_filter)
  std::optional<job_id> before;
  int limit = 50;
  bool texts = false; // with what providers said
  using answer = operators_json;
  static constexpr request_traits traits{.name = "jobs_page"};
};

/// What jobs failed of: `errors_page` in SQL.
struct errors_page {
  std::chrono::milliseconds since{};
  bool texts = false; // with what providers said
  using answer = operators_json;
  static constexpr request_traits traits{.name = "errors_page"};
};

/// What operators did, newest first: `actions_page` in SQL.
struct actions_page {
  std::optional<int64_t> before;
  std::optional<std::string> target;
  int limit = 50;
  using answer = operators_json;
  static constexpr request_traits traits{.name = "actions_page"};
};

/// Who acts, and why: kept in `operator_actions`.
struct operator_note {
  std::string name; // anna@10.0.0.7
  std::string reason;
};

/// Retries, fails, cancels or sends again the jobs that are named, or those that a filter means if
/// they are as many as expected.
struct act_on_jobs {
  job_action action = job_action::retry;
  std::vector<job_id> jobs;
  std::string filter; // JSON, instead of `jobs`
  int expected = 0;   // with a filter
  operator_note by;
  using answer = operators_json;
  static constexpr request_traits traits{.name = "act_on_jobs", .batch_limit = 1};
};

/// Pauses or resumes what an operator may: `operator_pull_lever` in SQL.
struct pull_lever {
  lever_subject subject = lever_subject::queue;
  std::string name; // empty: the queue
  lever_action action = lever_action::pause;
  std::optional<std::chrono::milliseconds> limit; // of a pause; nullopt: until it is resumed
  operator_note by;
  std::vector<std::string> configured; // names that the settings know
  using answer = operators_json;
  static constexpr request_traits traits{.name = "pull_lever", .batch_limit = 1};
};

} // namespace neurocards::store
