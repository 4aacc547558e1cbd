#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The life of an order as spans for a collector of OpenTelemetry: made of what the database has
/// when a job has ended, so that they outlive crashes and nothing needs to be passed along.
namespace neurocards::traces {

struct span {
  std::string trace;    // 32 hexadecimal digits: the job's UUID
  std::string id;       // 16
  std::string parent;   // 16; empty: the root
  std::string name;     // order, attempt, or a stage
  int64_t begin_ns = 0; // Unix time
  int64_t end_ns = 0;
  bool failed = false;
  std::vector<std::pair<std::string, std::string>> attributes;
};

/// The spans of a job's history (`job_history` in SQL): the order, below it each time that a node
/// had the job, and below these the stages; waiting and delivery belong to the order itself. Empty
/// while the job is under way, and for what is no history. The same history gives the same ids.
std::vector<span> spans_of(std::string_view history);

/// Whether the history ends in a video that its user has not been sent yet.
bool awaits_delivery(std::string_view history);

/// The body of a POST to `/v1/traces` of a collector (OTLP/HTTP in JSON).
std::string otlp_json(const std::vector<span>&, std::string_view node, std::string_view version);

} // namespace neurocards::traces
