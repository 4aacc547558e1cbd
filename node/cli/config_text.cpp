#include "node/cli/config_text.hpp"

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;

std::string joined(const json& words) {
  std::string result;
  for (const auto& word : words)
    result += (result.empty() ? "" : ", ") + word.get<std::string>();
  return result;
}

/// The nodes that say so.
std::string who(const json& config, const char* list, const json& word) {
  std::string result;
  for (const auto& node : config["nodes"])
    for (const auto& x : node[list])
      if (x == word)
        result += (result.empty() ? "" : ", ") + node["name"].get<std::string>();
  return result;
}

} // namespace

std::string config_text(const json& config) {
  if (!config.is_object() || !config["digest"].is_string())
    return {};
  auto result = "Settings: " + config["digest"].get<std::string>();
  if (config["reloaded_at"].is_string())
    result += ", read again at " + config["reloaded_at"].get<std::string>()
              + ", changed: " + (config["changed"].empty() ? "nothing" : joined(config["changed"]));
  result += '\n';
  for (const auto& key : config["needs_restart"])
    result += "Waits for a RESTART of " + who(config, "needs_restart", key) + ": "
              + key.get<std::string>() + '\n';
  for (const auto& fault : config["refused"])
    result += "Settings REFUSED by " + who(config, "refused", fault) + ": "
              + fault.get<std::string>() + '\n';
  if (!config["differ"].empty())
    result += "ANOTHER cluster.conf than on the other nodes: " + joined(config["differ"]) + '\n';
  return result;
}

} // namespace neurocards
