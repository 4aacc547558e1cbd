#pragma once

#include "protocol/config.hpp"

#include <string>

#include <pqxx/connection>

namespace neurocards {

/// How many connections to the database a node with these settings and roles opens for good.
int wanted_connections(const config::db& settings, const std::vector<node_role>& roles);

/// Whether the server leaves room for them: empty, or one line that says how many are wanted, how
/// many are allowed and which setting says so. What the node itself has open (by its name) counts
/// as room.
std::string shortage_of_connections(pqxx::connection&, int wanted, const std::string& node);

} // namespace neurocards
