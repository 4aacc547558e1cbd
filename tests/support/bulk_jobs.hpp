#pragma once

#include "tests/support/databases.hpp"

#include <cstdint>
#include <string>

namespace neurocards::test {

/// `count` jobs of `user`, who has the credits for them, with keys "KEY:FIRST", "KEY:FIRST+1", …
/// and the photo of the oldest job there is, which is waited for. Tells no worker: `NOTIFY jobs`
/// does.
void add_bulk_jobs(migrated_database& db, int64_t user, int64_t count, const std::string& key,
                   int64_t first = 1);

} // namespace neurocards::test
