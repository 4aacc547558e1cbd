#pragma once

#include "protocol/actors.hpp"

namespace neurocards {

/// Works once in the cluster: while it holds the leader lock of its role. `janitor_actor` is one of
/// them.
using singleton_actor =
  caf::typed_actor<caf::result<void>(gained_atom), caf::result<void>(lost_atom),
                   // Ends.
                   caf::result<void>(drain_atom)>;

} // namespace neurocards
