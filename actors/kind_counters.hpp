#pragma once

#include "actors/metrics.hpp"
#include "db/database.hpp"

#include <string_view>

namespace neurocards {

/// Where one kind of request to the database is counted. The registry finds a metric by comparing
/// them all.
struct kind_counters {
  kind_counters(const metrics&, std::string_view kind);

  void raise_to(const db::kind_stats&) const;

  metrics::counter* requests;
  metrics::counter* failures;
  metrics::counter* batches;
  metrics::real_counter* seconds;
};

/// Raises a counter to a total that somebody else counts.
template <class Counter, class Number>
void raise(Counter& counter, Number total) {
  if (const auto more = total - counter.value(); more > 0)
    counter.inc(more);
}

} // namespace neurocards
