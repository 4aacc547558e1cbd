#pragma once

#include "protocol/job.hpp"

namespace neurocards::db {

/// {"class": …, "raw": …, "signal": …}: what a failure adds to `jobs.error_details` and to the
/// job's timeline.
std::string failure_json(const job_failure&);

} // namespace neurocards::db
