#pragma once

#include "sandbox/app.hpp"

#include <string>
#include <vector>

namespace neurocards::sandbox {

struct options {
  app::config services{};
  bool help = false;
  std::string fault; // non-empty: wrong usage, in words for the user
};

options parse_options(const std::vector<std::string>& arguments);

/// What `--help` prints.
std::string usage();

} // namespace neurocards::sandbox
