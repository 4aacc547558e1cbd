#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace neurocards {

/// What the nodes tell of their cluster.conf (config_now in SQL), a sentence a line: what the last
/// reload changed, what waits for a restart, what was refused, who has another file.
std::string config_text(const nlohmann::json& config);

} // namespace neurocards
