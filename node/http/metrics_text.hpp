#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caf {

class actor_system;

namespace telemetry {

class metric_registry;

} // namespace telemetry

} // namespace caf

namespace neurocards {

/// Everything in the system's metric registry as Prometheus text, without time stamps (they would
/// switch off Prometheus' handling of stale series) and with labels escaped. Families whose names
/// are in `hidden` are left out. Thread-safe.
std::string metrics_text(caf::actor_system&, const std::vector<std::string_view>& hidden = {});

/// The same without the figures of the process.
std::string metrics_text(const caf::telemetry::metric_registry&,
                         const std::vector<std::string_view>& hidden = {});

} // namespace neurocards
