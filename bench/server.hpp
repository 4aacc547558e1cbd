#pragma once

#include "tests/support/databases.hpp"

namespace neurocards::bench {

/// Makes the databases and worlds of the tests usable here: on the server that BENCH_DATABASE_URL
/// names, with checks that throw. Throws std::runtime_error if it names none.
void use_server();

} // namespace neurocards::bench
