#include "node/http/cluster_series.hpp"

#include "node/http/cluster_figures.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <caf/telemetry/metric_registry.hpp>

using namespace neurocards;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& sample) {
  return ("\n" + text).find("\n" + sample + "\n") != std::string::npos;
}

const known_names names{{"key-1", "key-2"}, {"a/model"}};

} // namespace

TEST_SUITE_BEGIN("unit/node/http/cluster_series");

TEST_CASE("cluster series: the oldest order of every stage") {
  const auto text =
    cluster_series(json::parse(R"({"stages": [{"stage": "render", "jobs": 3, "oldest_seconds": 77},
                               {"stage": "wait", "jobs": 0, "oldest_seconds": null},
                               {"stage": "download", "jobs": 1, "oldest_seconds": 2.5}]})"),
                   names);
  CHECK(has(text, "neurocards_stage_oldest_seconds{stage=\"render\"} 77"));
  CHECK(has(text, "neurocards_stage_oldest_seconds{stage=\"wait\"} 0"));
  CHECK(has(text, "neurocards_stage_oldest_seconds{stage=\"deliver\"} 0"));
  CHECK(has(text, "neurocards_stage_oldest_seconds{stage=\"download\"} 2.5"));
  CHECK(has(text, "neurocards_stage_oldest_seconds{stage=\"commit\"} 0"));
}

TEST_CASE(
  "cluster series: keys and models of the settings are there before the database knows them") {
  const auto text =
    cluster_series(json::parse(R"({"keys": [{"fingerprint": "key-2", "resting": true},
                             {"fingerprint": "gone", "resting": false}],
                    "models": [{"model": "odd\"name\\", "resting": true}]})"),
                   names);
  CHECK(has(text, "neurocards_kie_key_cooling_down{fingerprint=\"key-1\"} 0"));
  CHECK(has(text, "neurocards_kie_key_cooling_down{fingerprint=\"key-2\"} 1"));
  CHECK(has(text, "neurocards_kie_key_cooling_down{fingerprint=\"gone\"} 0"));
  CHECK(has(text, "neurocards_kie_model_cooling_down{model=\"a/model\"} 0"));
  CHECK(has(text, "neurocards_kie_model_cooling_down{model=\"oddname\"} 1"));
}

TEST_CASE("cluster series: jobs that ended in the last minute, wherever they were made") {
  const auto text = cluster_series(
    json::parse(R"({"last_hour": {"completed": 90, "completed_last_minute": 3}})"), names);
  CHECK(has(text, "neurocards_jobs_last_minute{outcome=\"completed\"} 3"));
  CHECK(has(text, "neurocards_jobs_last_minute{outcome=\"failed\"} 0"));
}

TEST_CASE("cluster series: a pause of the queue") {
  CHECK(has(cluster_series(json::object(), {}), "neurocards_queue_paused 0"));
  CHECK(has(cluster_series(json::parse(R"({"paused": {"queue": null}})"), {}),
            "neurocards_queue_paused 0"));
  CHECK(has(cluster_series(json::parse(R"({"paused": {"queue": {"reason": "x"}}})"), {}),
            "neurocards_queue_paused 1"));
}

TEST_CASE("cluster figures: the series disappear with the figures") {
  caf::telemetry::metric_registry registry;
  const auto start = std::chrono::steady_clock::time_point{} + 1h;
  cluster_figures figures{metrics{registry}, start, names};
  CHECK(figures.series(start).empty());
  figures.on_snapshot("{}", start);
  CHECK(has(figures.series(start + 30s), "neurocards_queue_paused 0"));
  figures.on_failure("the database is away", start + 31s);
  CHECK(figures.series(start + 31s).empty());
}

TEST_SUITE_END();
