#pragma once

#include "actors/role_group.hpp"
#include "node/services.hpp"

namespace neurocards {

/// How each role of cluster.conf is started on this node. The actors that others need are found
/// in the registry under their names: "queue_claimer", "telegram_gateway", "notifier",
/// "coordinator".
role worker_role(caf::actor_system&, const services&);
role gateway_role(caf::actor_system&, const services&);
role notifier_role(caf::actor_system&, const services&);

/// Placement of roles on nodes, and the audit. `read_file` reads cluster.conf again; it is called
/// on threads that may block. `reload` has all settings read again, for an operator has asked so.
role coordinator_role(caf::actor_system&, const services&, const node_card&,
                      std::function<cluster_file()> read_file, std::function<void()> reload);

/// Rescue and sweeping. Every node competes for this one, so that jobs are taken over whoever is
/// down.
role janitor_role(caf::actor_system&, const services&);

/// Whether an address of our configuration lies in our own network: then so may what it links to.
bool is_private_address(const std::string& url);

} // namespace neurocards
