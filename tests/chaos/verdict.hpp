#pragma once

#include "tests/chaos/arena.hpp"

namespace neurocards::test::chaos {

/// Judges what a round left behind, by the database and by the records of the simulated services.
/// Every broken promise fails the test case. Returns the numbers of the round, a line each.
std::string judge(arena&);

} // namespace neurocards::test::chaos
