#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// A group of actors that starts and ends as one (`cluster.nodes[].roles`, `nodes.roles`). In the
/// order of their words, so that lists of them are sorted alike as text.
enum class node_role : uint8_t {
  coordinator,
  gateway,
  notifier,
  worker,
  janitor, // runs on every node; cluster.conf cannot place it
};

/// The roles that cluster.conf may place, in the order in which they are named to people.
constexpr word_table<node_role, 4> placed_roles{{{node_role::gateway, "gateway"},
                                                 {node_role::notifier, "notifier"},
                                                 {node_role::worker, "worker"},
                                                 {node_role::coordinator, "coordinator"}}};

/// The word that stands in cluster.conf, in rows, between nodes and in logs.
constexpr std::string_view to_string(node_role x) {
  return x == node_role::janitor ? "janitor" : word_of(placed_roles, x);
}

/// Of a role that cluster.conf may place. Nullopt: a word that this version does not know.
constexpr std::optional<node_role> parse_node_role(std::string_view text) {
  return find_word(placed_roles, text);
}

} // namespace neurocards
