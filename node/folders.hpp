#pragma once

#include <string>

/// Where the program finds what it brings along, wherever it is started from: next to the
/// executable, below the installation's share/, or in the source tree it was built from.
namespace neurocards::folders {

/// Holds migrations/ and functions/. Throws std::runtime_error when there is none.
std::string sql();

/// Holds dashboard/; empty when there is none (the node runs without pages).
std::string web();

} // namespace neurocards::folders
