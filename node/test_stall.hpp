#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace neurocards {

/// For the test that a stall is seen: an actor whose handler blocks its thread for as many
/// milliseconds as NEUROCARDS_TEST_STALL says, a second after the start. Null where it says
/// nothing, as everywhere else.
caf::actor start_test_stall(caf::actor_system&);

} // namespace neurocards
