#pragma once

#include "protocol/errors.hpp"

#include <chrono>

#include <caf/error.hpp>
#include <caf/timespan.hpp>

namespace neurocards {

/// Whether the same request may be sent to the database again. All of its operations are idempotent
/// or fenced, so an unknown outcome is cured by repeating.
inline bool repeatable(const caf::error& err) {
  return err == ec::unavailable || err == ec::timed_out || err == ec::overloaded
         || err == ec::misconfigured; // the schema lacks something: a task must not be forgotten
                                      // for it
}

/// Between two tries of the same request.
constexpr caf::timespan first_pause = std::chrono::milliseconds{200};
constexpr caf::timespan longest_pause = std::chrono::seconds{5};

} // namespace neurocards
