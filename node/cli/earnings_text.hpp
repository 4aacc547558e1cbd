#pragma once

#include "protocol/config.hpp"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace neurocards::verbs {

/// What the models cost and brought on the last days, and which of them cost more than a credit
/// earns or something else than the catalogue says.
std::string earnings_text(const nlohmann::json& snapshot, const config::all&);

} // namespace neurocards::verbs
