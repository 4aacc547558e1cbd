#pragma once

#include "protocol/config.hpp"

namespace neurocards {

/// Waits for PostgreSQL as long as `db.patience` says and sees to the schema. Returns the exit code
/// of a node that must not start, having told why; 0: all is well.
int prepare_database(const config::all&, const config::node&, bool may_migrate);

/// Whether an operator drained the node before it was started. The heartbeat tells as well, but
/// only after its roles were started.
bool told_to_drain(const config::all&, const config::node&);

} // namespace neurocards
