#pragma once

#include <string>

namespace neurocards {

/// What is counted outside of CAF's registry, as Prometheus text: kinds of actors, lines of the
/// log, the build, and the process as `process_…`, the names that every exporter uses. Thread-safe.
std::string process_metrics();

} // namespace neurocards
