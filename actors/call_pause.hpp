#pragma once

#include "clients/telegram.hpp"

#include <string_view>

#include <caf/timespan.hpp>

namespace neurocards {

/// How long to wait after a failure of Telegram's, the `failures`th in a row.
caf::timespan wait_after(const telegram::reply&, int failures);

/// Logs a failed call the way an operator reads it.
void log_failure(std::string_view call, const telegram::reply&, int failures);

} // namespace neurocards
