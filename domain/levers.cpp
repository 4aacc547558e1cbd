#include "domain/levers.hpp"

#include <algorithm>

namespace neurocards::levers {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words)
    result += (result.empty() ? "" : ", ") + word;
  return result;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

} // namespace

std::string to_string(subject x) {
  switch (x) {
    case subject::queue:
      return "queue";
    case subject::key:
      return "key";
    case subject::model:
      return "model";
    case subject::node:
      return "node";
  }
  return {};
}

std::string fault_of(subject x, const std::string& name, const std::vector<std::string>& known) {
  if (contains(known, name))
    return {};
  return "\"" + name + "\" is no " + to_string(x) + "; "
         + (known.empty() ? "none is known yet" : "allowed: " + joined(known));
}

std::vector<std::string> roles_lost_without(const std::string& name,
                                            const std::vector<node_state>& nodes) {
  std::vector<std::string> result;
  const auto has_other = [&](const std::string& role) {
    return std::ranges::any_of(
      nodes, [&](const auto& x) { return x.works && x.name != name && contains(x.roles, role); });
  };
  for (const auto& node : nodes)
    if (node.name == name && node.works)
      for (const auto& role : node.roles)
        if (role != "coordinator" && !has_other(role) && !contains(result, role))
          result.push_back(role);
  return result;
}

} // namespace neurocards::levers
