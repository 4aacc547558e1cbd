#pragma once

#include <cstddef>

namespace neurocards {

/// How many clients the HTTP service takes at once: a quarter of what the process may open, for the
/// others are for PostgreSQL, KIE, Telegram and files.
size_t connection_limit();

} // namespace neurocards
