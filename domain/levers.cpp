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

bool contains(const auto& list, const auto& value) {
  return std::ranges::find(list, value) != list.end();
}

} // namespace

std::string fault_of(lever_subject x, const std::string& name,
                     const std::vector<std::string>& known) {
  if (contains(known, name))
    return {};
  return "\"" + name + "\" is no " + std::string{to_string(x)} + "; "
         + (known.empty() ? "none is known yet" : "allowed: " + joined(known));
}

std::vector<node_role> roles_lost_without(const std::string& name,
                                          const std::vector<node_state>& nodes) {
  std::vector<node_role> result;
  const auto has_other = [&](node_role role) {
    return std::ranges::any_of(
      nodes, [&](const auto& x) { return x.works && x.name != name && contains(x.roles, role); });
  };
  for (const auto& node : nodes)
    if (node.name == name && node.works)
      for (const auto role : node.roles)
        if (role != node_role::coordinator && !has_other(role) && !contains(result, role))
          result.push_back(role);
  return result;
}

} // namespace neurocards::levers
