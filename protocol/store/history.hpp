#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/request.hpp"

#include <string>

/// What operators are shown of jobs.
namespace neurocards::store {

/// All that is known of a job: `job_history` in SQL.
struct show_job {
  job_id job;
  bool texts = false; // with what the user wrote
  using answer = struct job_json;
  static constexpr request_traits traits{.name = "show_job"};
};
struct job_json {
  std::string text; // an object; empty: there is no such job
};

/// What has come to its end lately, told to one who asks and to nobody after him: `take_ended` in
/// SQL. Nothing is told twice; what a node was told that dies is counted by nobody.
struct take_ended {
  using answer = struct ended_json;
  static constexpr request_traits traits{.name = "take_ended", .batch_limit = 1};
};
struct ended_json {
  std::string text; // an object
};

/// How long videos took lately, and what was guessed of them: `durations_seen` in SQL.
struct read_durations {
  using answer = struct durations_json;
  static constexpr request_traits traits{.name = "read_durations", .batch_limit = 1};
};
struct durations_json {
  std::string text; // an object, read by domain/expectation
};

/// What orders are told from now on of how long they take, as domain/expectation writes it.
struct keep_outlook {
  std::string json; // empty: nothing is known any more
  using answer = committed;
  static constexpr request_traits traits{.name = "keep_outlook", .batch_limit = 1};
};

} // namespace neurocards::store
