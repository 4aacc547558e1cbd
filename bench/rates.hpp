#pragma once

#include <functional>
#include <string>
#include <vector>

/// What several measurements do again.
namespace neurocards::bench {

/// Whole lives through actors and lanes, in one second. `watch` runs beside them, once a second.
double lives_per_second(const std::function<void()>& watch = {});

/// Updates answered by a whole node with these options besides the usual ones. `watch` runs beside
/// it once a second, with the address of its HTTP service.
double updates_per_second(const std::vector<std::string>& options = {},
                          const std::function<void(const std::string& url)>& watch = {});

} // namespace neurocards::bench
