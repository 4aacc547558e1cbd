#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// Where a job stands (`jobs.status`, docs/job_lifecycle.md).
enum class job_status : uint8_t { queued, processing, completed, failed };

namespace detail {

constexpr word_table<job_status, 4> job_statuses{{{job_status::queued, "queued"},
                                                  {job_status::processing, "processing"},
                                                  {job_status::completed, "completed"},
                                                  {job_status::failed, "failed"}}};

} // namespace detail

/// Nullopt: a word that this version does not know.
constexpr std::optional<job_status> parse_job_status(std::string_view text) {
  return find_word(detail::job_statuses, text);
}

} // namespace neurocards
