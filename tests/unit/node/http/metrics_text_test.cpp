#include "node/http/metrics_text.hpp"

#include "actors/metrics.hpp"
#include "node/http/cluster_figures.hpp"

#include <doctest/doctest.h>

#include <array>
#include <regex>
#include <set>
#include <sstream>

#include <caf/telemetry/metric_registry.hpp>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

caf::telemetry::dbl_histogram* some_histogram(caf::telemetry::metric_registry& registry) {
  static constexpr std::array bounds{1., 2., 4.};
  return registry.histogram_singleton<double>(
    "x", "size", caf::make_span(bounds.data(), bounds.size()), "Help.");
}

} // namespace

TEST_SUITE_BEGIN("unit/node/http/metrics_text");

TEST_CASE("metrics text: all families stand in the text before the first event") {
  caf::telemetry::metric_registry registry;
  const metrics m{registry};
  const auto text = metrics_text(registry);
  CHECK(has_line(text, "# TYPE neurocards_jobs gauge"));
  CHECK(has_line(text, "neurocards_jobs{status=\"processing\"} 0"));
  CHECK(has_line(text, "neurocards_jobs_ended_total{how=\"completed\"} 0"));
  CHECK(has_line(text, "neurocards_oldest_processing_without_lease_seconds 0"));
  CHECK(has_line(text, "# TYPE neurocards_http_in_flight gauge"));
}

TEST_CASE("metrics text: every line of the text is Prometheus' format, without time stamps") {
  caf::telemetry::metric_registry registry;
  const metrics m{registry};
  m.provider_calls("create", "ok").inc();
  m.db_seconds("claim_jobs").inc(0.003);
  some_histogram(registry)->observe(0.5);
  const std::regex sample{
    R"re([a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+0-9.e]+(Inf)?)re"};
  const std::regex comment{R"(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram)))"};
  std::istringstream in{metrics_text(registry)};
  std::set<std::string> types;
  for (std::string line; std::getline(in, line);) {
    CAPTURE(line);
    CHECK((std::regex_match(line, sample) || std::regex_match(line, comment)));
    if (line.rfind("# TYPE", 0) == 0)
      CHECK(types.insert(line).second); // a family stands once
  }
}

TEST_CASE("metrics text: histograms count up to and including each bound") {
  caf::telemetry::metric_registry registry;
  for (const double x : {1., 2., 3., 1000.})
    some_histogram(registry)->observe(x);
  const auto text = metrics_text(registry);
  CHECK(has_line(text, "x_size_bucket{le=\"1\"} 1"));
  CHECK(has_line(text, "x_size_bucket{le=\"2\"} 2"));
  CHECK(has_line(text, "x_size_bucket{le=\"4\"} 3"));
  CHECK(has_line(text, "x_size_bucket{le=\"+Inf\"} 4"));
  CHECK(has_line(text, "x_size_sum 1006"));
  CHECK(has_line(text, "x_size_count 4"));
}

TEST_CASE("metrics text: labels cannot break out of their quotes") {
  caf::telemetry::metric_registry registry;
  registry.gauge_family("x", "y", {"name"}, "Help.")->get_or_add({{"name", "a\"b\\c\nd"}})->inc();
  CHECK(has_line(metrics_text(registry), R"(x_y{name="a\"b\\c\nd"} 1)"));
}

TEST_CASE(
  "metrics text: the cluster's gauges follow the database, and stand at 0 where nothing waits") {
  caf::telemetry::metric_registry registry;
  const metrics m{registry};
  cluster_figures figures{m, {}};
  figures.on_snapshot(R"({"queue": {"queued": 3, "processing": 2, "oldest_due_seconds": 9,
    "oldest_without_lease_seconds": 4}, "outbox": {"unsent": 5}, "inbox": {"pending": 6},
    "providers": [{"name": "runware", "down": false}, {"name": "kie", "down": true}]})",
                      {});
  CHECK(m.jobs("queued").value() == 3);
  CHECK(m.jobs("processing").value() == 2);
  CHECK(m.queue_age().value() == 9);
  CHECK(m.processing_without_lease().value() == 4);
  CHECK(m.outbox_depth().value() == 5);
  CHECK(m.inbox_depth().value() == 6);
  CHECK(m.provider_outage().value() == 1);
  figures.on_snapshot(R"({"queue": {"queued": 0, "oldest_without_lease_seconds": null}})", {});
  CHECK(m.jobs("queued").value() == 0);
  CHECK(m.processing_without_lease().value() == 0);
  CHECK(m.provider_outage().value() == 0);
}

TEST_CASE("metrics text: the cluster's gauges that stand still say so, and then disappear") {
  caf::telemetry::metric_registry registry;
  const metrics m{registry};
  const cluster_figures::time_point start{};
  cluster_figures figures{m, start};
  const auto text_at = [&](std::chrono::seconds after) {
    return metrics_text(registry, figures.hidden(start + after));
  };
  CHECK(text_at(0s).find("neurocards_jobs{") == std::string::npos); // not read yet: no zeros
  figures.on_snapshot(R"({"queue": {"queued": 3}})", start + 1s);
  CHECK(has_line(text_at(1s), "neurocards_jobs{status=\"queued\"} 3"));
  for (const auto* answer : {"", "null", "[1]"}) { // as good as none
    figures.on_snapshot(answer, start + 20s);
    CHECK(has_line(text_at(20s), "neurocards_jobs{status=\"queued\"} 3"));
    CHECK(has_line(text_at(20s), "neurocards_cluster_figures_age_seconds 19"));
  }
  figures.on_failure("timed_out", start + 32s);
  const auto text = text_at(32s);
  CHECK(has_line(text, "neurocards_cluster_figures_age_seconds 31"));
  for (const auto* family : {"jobs{", "queue_age_seconds", "outbox_depth", "inbox_depth",
                             "oldest_processing_without_lease_seconds"})
    CHECK_MESSAGE(text.find(std::string{"neurocards_"} + family + " ") == std::string::npos,
                  family);
  CHECK(text.find("neurocards_jobs") == text.find("neurocards_jobs_ended"));
  CHECK(has_line(text, "neurocards_in_flight 0")); // the node's own stay
  figures.on_snapshot(R"({"queue": {"queued": 4}})", start + 40s);
  CHECK(has_line(text_at(40s), "neurocards_jobs{status=\"queued\"} 4"));
  CHECK(has_line(text_at(40s), "neurocards_cluster_figures_age_seconds 0"));
}

TEST_SUITE_END();
