#pragma once

#include "node/cli/finding.hpp"
#include "node/config/load.hpp"

/// What `neurocards check` finds out about the database and the machine it runs on: whether the
/// program could do there what it does.
namespace neurocards::verbs {

/// `node`: whose connections are counted; null: one with every role. `notes`: what works, and
/// should be otherwise.
void check_database(const config::all&, const config::node* node, std::vector<finding>& out,
                    std::vector<std::string>& notes);

/// Whether the ports that the settings name can be listened on. One in use is no fault: a node may
/// be running.
void check_ports(const config::all&, const config::node* node, std::vector<finding>& out);

} // namespace neurocards::verbs
