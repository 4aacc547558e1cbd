#pragma once

#include "tests/support/databases.hpp"

namespace neurocards::bench {

/// Users whom the histories of a big database belong to begin with this number.
constexpr int64_t first_known_user = 10'000'000'000;

/// Fills a migrated database with `users` who have had `jobs` videos made over two years: jobs,
/// tasks, ledger and the messages and updates that are kept so long. Every promise holds.
void add_history(test::empty_database&, int64_t jobs, int64_t users);

} // namespace neurocards::bench
