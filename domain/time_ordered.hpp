#pragma once

#include "base/uuid.hpp"

#include <chrono>

namespace neurocards {

/// `random`, led by the milliseconds of `now`: who is made later is greater, as text too, and 74
/// bits are as random as they were. For keys of what is never deleted: an index of such keys grows
/// at its end, while each random one falls on another page of it, which must be read for that, and
/// written whole when it is the first since a checkpoint. The layout is that of version 7 (RFC
/// 9562), the version stays 4: Runware takes no other for the id of a task.
uuid time_ordered(uuid random, std::chrono::system_clock::time_point now);

} // namespace neurocards
