#pragma once

#include "bench/server.hpp"

namespace neurocards::bench {

/// What was measured counts only if it kept the promises (sql/audit/promises.sql): throws
/// std::runtime_error that names those broken. `measured` is what the error calls it.
void require_promises(const test::empty_database&, const std::string& measured);

} // namespace neurocards::bench
