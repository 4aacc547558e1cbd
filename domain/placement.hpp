#pragma once

#include "protocol/cluster.hpp"

#include <optional>

/// What shall run where, decided from the nodes of cluster.conf. Pure.
namespace neurocards::placements {

/// What the file wants of the node `name`; nothing, with the reason, of one it does not list.
placement wanted(const std::vector<config::node>& nodes, const std::string& name);

/// Where the coordinators of the file are reached, in the file's order.
std::vector<peer_address> coordinators(const std::vector<config::node>& nodes);

/// Why a new file cannot replace the one in force, one line each; empty: it can.
std::vector<std::string> faults_of(const std::vector<config::node>& nodes);

/// Which coordinators the node `self` has to dial. Two nodes never dial each other, because both
/// connections may end up dead (CAF 0.18): a node without a coordinator dials all of them, one with
/// a coordinator those whose names come before its own. The others dial it.
std::vector<peer_address> to_dial(const std::vector<peer_address>& coordinators,
                                  const std::string& self, bool runs_coordinator);

/// Why a node must not join; empty: it may. `known`: the node of that name that is there already.
std::string refusal(const node_card& ours, const node_card& theirs,
                    const std::optional<node_card>& known);

/// Of the roles that a node should have, those that it keeps while an operator has drained it: what
/// coordinates goes on, and holds no user's work.
std::vector<node_role> kept_while_drained(const std::vector<node_role>& roles);

/// Whether a node runs what it should, or is on the way there.
bool follows(const node_report&, const placement&);

/// What changes, for the log: "worker +gateway -notifier, concurrency 10 -> 20"; empty: nothing.
std::string difference(const placement& before, const placement& after);

} // namespace neurocards::placements
