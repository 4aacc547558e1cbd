#include "node/http/metric_values.hpp"

#include "node/http/metrics_text.hpp"

#include <doctest/doctest.h>

#include <caf/telemetry/metric_registry.hpp>

using namespace neurocards;
using series = std::map<std::string, double>;

TEST_SUITE_BEGIN("unit/node/http/metric_values");

TEST_CASE("metric values: gauges, counters and histograms are read by their series' names") {
  const auto got = read_metrics("# HELP neurocards_jobs How many.\n"
                                "# TYPE neurocards_jobs gauge\n"
                                "neurocards_jobs{status=\"queued\"} 3\n"
                                "neurocards_jobs{status=\"processing\"} 4\n"
                                "# TYPE neurocards_refunds_total counter\n"
                                "neurocards_refunds_total 7\n"
                                "# TYPE caf_system_running_actors gauge\n"
                                "caf_system_running_actors 9\n"
                                "# TYPE process_open_fds gauge\n"
                                "process_open_fds 1.5e+02\n"
                                "# TYPE neurocards_odd gauge\n"
                                "neurocards_odd{text=\"a } b\"} +Inf\n"
                                "neurocards_odd{text=\"c\"} NaN\n"
                                "nonsense\n"
                                "# TYPE neurocards_job_seconds histogram\n"
                                "neurocards_job_seconds_bucket{le=\"1\"} 2\n"
                                "neurocards_job_seconds_bucket{le=\"+Inf\"} 5\n"
                                "neurocards_job_seconds_sum 9\n"
                                "neurocards_job_seconds_count 5\n"
                                "# TYPE neurocards_stage_seconds histogram\n"
                                "neurocards_stage_seconds_bucket{stage=\"wait\",le=\"1\"} 1\n"
                                "neurocards_stage_seconds_bucket{stage=\"photo\",le=\"1\"} 2\n");
  const auto infinite = std::numeric_limits<double>::infinity();
  CHECK(got.gauges
        == series{{"jobs", 7},
                  {"jobs{status=\"queued\"}", 3},
                  {"jobs{status=\"processing\"}", 4},
                  {"process_open_fds", 150},
                  {"odd", infinite},
                  {"odd{text=\"a } b\"}", infinite}});
  CHECK(got.counters == series{{"refunds", 7}});
  REQUIRE(got.histograms.size() == 4);
  using counts = std::vector<std::pair<double, double>>;
  CHECK(got.histograms.at("job_seconds").counts == counts{{1, 2}, {infinite, 5}});
  CHECK(got.histograms.at("stage_seconds{stage=\"photo\"}").counts == counts{{1, 2}});
  CHECK(got.histograms.at("stage_seconds").counts == counts{{1, 3}});
}

TEST_CASE("metric values: counters become rates, histograms quantiles of what is new") {
  metric_values before;
  before.counters = {{"a", 10}, {"reset", 10}};
  before.histograms["h"].counts = {{1, 5}, {2, 5}, {4, 5}};
  auto now = before;
  now.gauges = {{"g", 3}};
  now.counters = {{"a", 40}, {"reset", 4}, {"new", 5}};
  CHECK(series_points(before, now, 15) == series{{"g", 3}, {"a", 2}}); // nothing was observed
  now.histograms["h"].counts = {{1, 5}, {2, 15}, {4, 15}};
  const auto got = series_points(before, now, 15);
  CHECK(got.at("h.p50") == doctest::Approx(1.5));
  CHECK(got.at("h.p95") == doctest::Approx(1.95));
  now.histograms["h"].counts = {{1, 5}, {2, 5}, {std::numeric_limits<double>::infinity(), 9}};
  CHECK(series_points(before, now, 15).at("h.p95") == 2); // beyond the last bound: that bound
  CHECK(series_points(before, now, 0).count("a") == 0);
}

TEST_CASE("metric values: what the registry writes is read as it was set") {
  caf::telemetry::metric_registry registry;
  registry.gauge_family("neurocards", "depth", {"kind"}, "Test.")
    ->get_or_add({{"kind", "a \"b\""}})
    ->value(4);
  registry.counter_singleton("neurocards", "made", "Test.", "1", true)->inc(6);
  const std::vector<double> bounds{0.5, 1};
  registry.histogram_singleton<double>("neurocards", "time", bounds, "Test.", "seconds")
    ->observe(0.7);
  const auto got = read_metrics(metrics_text(registry));
  CHECK(got.gauges.at("depth") == 4);
  CHECK(got.gauges.at("depth{kind=\"a \\\"b\\\"\"}") == 4);
  CHECK(got.counters.at("made") == 6);
  CHECK(got.histograms.at("time_seconds").counts.at(1) == std::pair{1.0, 1.0});
}

TEST_SUITE_END();
