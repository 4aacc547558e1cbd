#pragma once

#include "protocol/node_role.hpp"
#include "protocol/store/lever.hpp"

#include <string>
#include <vector>

/// What operators may pause, and what follows from it. Pure.
namespace neurocards::levers {

/// What is wrong with the name of a target: the line names what is allowed. Empty: it is known.
std::string fault_of(lever_subject, const std::string& name, const std::vector<std::string>& known);

/// A node as far as draining it goes.
struct node_state {
  std::string name;
  std::vector<node_role> roles;
  bool works = false; // alive and not paused
};

/// The roles that nobody would have any more without the node `name`.
std::vector<node_role> roles_lost_without(const std::string& name,
                                          const std::vector<node_state>& nodes);

} // namespace neurocards::levers
