#pragma once

#include <string>

namespace caf {

class actor_system;

} // namespace caf

namespace neurocards {

/// Everything in the system's metric registry as Prometheus text, without time stamps (they would
/// switch off Prometheus' handling of stale series) and with labels escaped. Thread-safe.
std::string metrics_text(caf::actor_system&);

} // namespace neurocards
