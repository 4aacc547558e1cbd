#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace neurocards {

/// Where a job stands (`jobs.status`, docs/job_lifecycle.md).
enum class job_status : uint8_t { queued, processing, completed, failed };

/// Nullopt: a word that this version does not know.
constexpr std::optional<job_status> parse_job_status(std::string_view text) {
  if (text == "queued")
    return job_status::queued;
  if (text == "processing")
    return job_status::processing;
  if (text == "completed")
    return job_status::completed;
  if (text == "failed")
    return job_status::failed;
  return std::nullopt;
}

} // namespace neurocards
