#pragma once

#include <string_view>

/// What this program was built from.
namespace neurocards::build {

extern const std::string_view version; // of the release: "0.4.0"
extern const std::string_view commit;  // "unknown" outside of a git checkout

} // namespace neurocards::build
