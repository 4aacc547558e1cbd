#pragma once

#include "bench/installation.hpp"

#include <functional>
#include <string>
#include <vector>

/// What several measurements do again.
namespace neurocards::bench {

struct measured_lives {
  double per_second = 0;
  double own_ms = 0;    // CPU of our process for each
  double server_ms = 0; // CPU of PostgreSQL for each
  double wal_kb = 0;    // written ahead for each
};

/// Whole lives through actors and lanes, in a database of ours that may hold others' lives already.
/// `watch` runs beside them, once a second.
measured_lives live(test::empty_database&, const std::function<void()>& watch = {});

/// The same in a new database, audited afterwards; how many in a second.
double lives_per_second(const std::function<void()>& watch = {});

/// Updates answered by a whole node with these options besides the usual ones. `watch` runs beside
/// it once a second, with the address of its HTTP service.
double updates_per_second(const std::vector<std::string>& options = {},
                          const std::function<void(const std::string& url)>& watch = {});

/// The same by the running node of `x`, whose users `first` … `first + count - 1` have agreed to
/// the terms: each asks once for his balance, all at once.
double updates_per_second(installation& x, int64_t first, int count);

/// From a user's message to the answer's arrival at Telegram, in ms, while a hundred users a second
/// ask; likewise.
std::vector<double> answer_times(installation& x, int64_t first, int count);

} // namespace neurocards::bench
