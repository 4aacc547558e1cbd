#pragma once

#include <string>
#include <vector>

/// What operators may pause, and what follows from it. Pure.
namespace neurocards::levers {

enum class subject : uint8_t { queue, key, model, node };

/// In SQL (`pauses.subject`) and messages.
std::string to_string(subject);

/// What is wrong with the name of a target: the line names what is allowed. Empty: it is known.
std::string fault_of(subject, const std::string& name, const std::vector<std::string>& known);

/// A node as far as draining it goes.
struct node_state {
  std::string name;
  std::vector<std::string> roles;
  bool works = false; // alive and not paused
};

/// The roles that nobody would have any more without the node `name`.
std::vector<std::string> roles_lost_without(const std::string& name,
                                            const std::vector<node_state>& nodes);

} // namespace neurocards::levers
