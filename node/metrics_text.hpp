#pragma once

#include <string>

namespace caf {

class actor_system;

namespace telemetry {

class metric_registry;

} // namespace telemetry

} // namespace caf

namespace neurocards {

/// Everything in the system's metric registry as Prometheus text, without time stamps (they would
/// switch off Prometheus' handling of stale series) and with labels escaped. Thread-safe.
std::string metrics_text(caf::actor_system&);

/// The same without the figures of the process.
std::string metrics_text(const caf::telemetry::metric_registry&);

} // namespace neurocards
