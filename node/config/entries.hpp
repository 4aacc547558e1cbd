#pragma once

#include "node/config/value.hpp"

/// The lists of cluster.conf of words, or of entries with fields, `[ { name = …, host = … }, … ]`:
/// read and shown as single values are.
namespace neurocards::config {

[[nodiscard]] fault_text read(const caf::config_value&, std::vector<node>&);
[[nodiscard]] fault_text read(const caf::config_value&, std::vector<model>&);
[[nodiscard]] fault_text read(const caf::config_value&, std::vector<pack>&);

// Plain lists: [1, -2], ["a", "b"].
[[nodiscard]] fault_text read(const caf::config_value&, std::vector<int64_t>&);
[[nodiscard]] fault_text read(const caf::config_value&, std::vector<std::string>&);

std::string show(const std::vector<node>&);
std::string show(const std::vector<model>&);
std::string show(const std::vector<pack>&);
std::string show(const std::vector<int64_t>&);
std::string show(const std::vector<std::string>&);

} // namespace neurocards::config
