#pragma once

#include "tests/support/world.hpp"

#include <string>
#include <vector>

namespace neurocards::test {

/// Where screenshots and videos are left for a person to look at.
std::string browser_output_folder();

/// Runs a script of tests/browser in Node.js; what it says, if it fails, is told with the case.
void run_browser_script(const world&, const std::string& name,
                        const std::vector<std::string>& words);

} // namespace neurocards::test
