#include "actors/kind_counters.hpp"

namespace neurocards {

kind_counters::kind_counters(const metrics& counts, std::string_view kind)
  : requests(&counts.db_requests(kind)), failures(&counts.db_failures(kind)),
    batches(&counts.db_batches(kind)), seconds(&counts.db_seconds(kind)) {}

void kind_counters::raise_to(const db::kind_stats& x) const {
  raise(*requests, static_cast<int64_t>(x.requests));
  raise(*failures, static_cast<int64_t>(x.failed));
  raise(*batches, static_cast<int64_t>(x.batches));
  raise(*seconds, x.seconds);
}

} // namespace neurocards
