#include "node/http/series_pace.hpp"

namespace neurocards {

namespace {

template <class Map>
double value_of(const Map& map, const char* name) {
  const auto found = map.find(name);
  return found == map.end() ? 0 : found->second;
}

} // namespace

void series_pace::on_reading(const metric_values& x, time_point now) {
  double done = 0;
  for (const auto* name : {"updates", "telegram_sends", "jobs_ended"})
    done += value_of(x.counters, name);
  const bool more = done_ && done != *done_;
  done_ = done;
  if (more || value_of(x.gauges, "in_flight") > 0)
    since_ = now;
}

} // namespace neurocards
