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

} // namespace neurocards::store
