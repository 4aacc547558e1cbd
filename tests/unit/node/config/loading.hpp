#pragma once

#include "node/config/load.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Loading settings without a disk, for tests.
namespace neurocards::test {

/// Everything a node needs from the environment.
inline config::variables good_environment() {
  return {{"BOT_TOKEN", "1:token-secret-0123456789_0123456789-ab"},
          {"DATABASE_URL", "postgresql://user:db-secret@localhost/x"},
          {"KIE_API_KEY", "kie-secret"},
          {"OPENAI_API_KEY", "openai-secret"}};
}

inline config::loaded load_text(const std::string& text, std::vector<std::string> options = {},
                                config::variables environment = good_environment()) {
  return config::load({"cluster.conf", text, std::move(options), std::move(environment), ""},
                      config::need::services);
}

inline config::loaded load_options(std::vector<std::string> options,
                                   config::variables environment = good_environment()) {
  return config::load(
    {"cluster.conf", std::nullopt, std::move(options), std::move(environment), ""},
    config::need::services);
}

inline std::string all_lines(const std::vector<std::string>& lines) {
  std::string result;
  for (const auto& x : lines)
    result += x + "\n";
  return result;
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace neurocards::test
