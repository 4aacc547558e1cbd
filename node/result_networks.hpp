#pragma once

#include "clients/resolver.hpp"
#include "protocol/config.hpp"

#include <string>
#include <vector>

namespace neurocards {

/// What is wrong with the addresses that this host finds for KIE's names: behind a proxy that
/// resolves every name to addresses of its own, calls work and every result is refused. Empty when
/// nothing is; of a name that has no address within `limit` nothing is said.
std::vector<std::string> result_warnings(const config::generation&, std::chrono::milliseconds limit,
                                         const resolver::lookup& ask = resolver::ask_system);

} // namespace neurocards
