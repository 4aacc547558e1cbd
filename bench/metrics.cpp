#include "actors/actor_watch.hpp"
#include "actors/handling_times.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/rates.hpp"
#include "bench/report.hpp"
#include "node/http/process_metrics.hpp"
#include "tests/support/world.hpp"

namespace neurocards::bench {

namespace {

/// The difference is small: more rounds than elsewhere.
int pairs() {
  return sized(5, 1);
}

/// As if a page and Prometheus looked once a second.
void look_at_actors() {
  actor_watch::renew();
  process_metrics();
}

void look_at_node(const std::string& url) {
  test::web_get(url + "/api/actors?detail=1");
  test::web_get(url + "/metrics");
}

/// Medians of `measure(false)` and `measure(true)`, one after the other, so that what moves the
/// machine moves both.
template <class F>
void compare_watched(const std::string& name, F measure) {
  std::vector<double> off, on;
  for (int i = 0; i < pairs(); ++i) {
    off.push_back(measure(false));
    on.push_back(measure(true));
  }
  compare(name, median(on), median(off), at_least(0.98, 0.95));
}

} // namespace

void measure_metrics() {
  compare_watched("P12 lives, measured and watched against neither", [](bool watched) {
    handling_times::set(watched);
    return watched ? lives_per_second(look_at_actors) : lives_per_second();
  });
  compare_watched("P12 updates, measured and watched against neither", [](bool watched) {
    return watched ? updates_per_second({"--metrics.handling=true"}, look_at_node)
                   : updates_per_second({"--metrics.handling=false"});
  });
}

} // namespace neurocards::bench
