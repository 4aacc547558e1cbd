#pragma once

#include <string>

namespace neurocards::test {

/// A file of this source tree, by its path from the top.
std::string in_source(const std::string& path);

/// A program or folder that the build made, by its name: it lies beside the program that asks.
std::string built(const std::string& name);

} // namespace neurocards::test
