#pragma once

#include <string>

/// The table of keys as text: what stands in the repository is made by these, and a test compares.
namespace neurocards::config {

/// The shipped cluster.conf: every key with its default and a line of comment.
std::string shipped_file();

/// docs/configuration.md.
std::string documentation();

/// .env.example.
std::string shipped_dot_env();

} // namespace neurocards::config
