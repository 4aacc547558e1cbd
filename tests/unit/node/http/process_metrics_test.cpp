#include "node/http/process_metrics.hpp"

#include "actors/actor_kinds.hpp"
#include "actors/metrics.hpp"
#include "base/log.hpp"
#include "node/build.hpp"
#include "node/http/cluster_series.hpp"
#include "node/http/earnings_figures.hpp"
#include "node/http/metrics_text.hpp"
#include "node/http/recent_text.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <caf/telemetry/metric_registry.hpp>

using namespace neurocards;

namespace {

/// The value of a sample; fails the case where there is none.
double value_of(const std::string& sample) {
  const auto text = "\n" + process_metrics();
  const auto position = text.find("\n" + sample + " ");
  REQUIRE_MESSAGE(position != std::string::npos, sample);
  return std::strtod(text.c_str() + position + sample.size() + 2, nullptr);
}

} // namespace

TEST_SUITE_BEGIN("unit/node/http/process_metrics");

TEST_CASE("process metrics: descriptors are counted as they are opened") {
  const auto before = value_of("process_open_fds");
  std::vector<int> files;
  for (int i = 0; i < 5; ++i)
    files.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(value_of("process_open_fds") == before + 5);
  for (const int file : files)
    ::close(file);
  CHECK(value_of("process_open_fds") == before);
  CHECK(value_of("process_max_fds") > before);
}

TEST_CASE("process metrics: start and threads are this process's") {
  using namespace std::chrono;
  const auto now = duration<double>(system_clock::now().time_since_epoch()).count();
  const auto started = value_of("process_start_time_seconds");
  CHECK(started <= now + 2);
  CHECK(started > now - 3'600);
  CHECK(value_of("process_threads") >= 1);
}

TEST_CASE("process metrics: lines of the log are counted by level") {
  const auto before = value_of("neurocards_log_lines_total{level=\"error\"}");
  log::error("test.line_written");
  CHECK(value_of("neurocards_log_lines_total{level=\"error\"}") == before + 1);
}

TEST_CASE("process metrics: every kind of actor has its figures from the start") {
  for (const std::string kind : {"generation", "conversation", "kie_poller", "notifier"}) {
    const auto label = "{kind=\"" + kind + "\"}";
    CHECK(value_of("neurocards_actor_alive" + label) >= 0);
    CHECK(value_of("neurocards_actor_spawned_total" + label) >= 0);
    CHECK(value_of("neurocards_actor_rejected_total" + label) >= 0);
    CHECK(value_of("neurocards_actor_busy_seconds_total" + label) >= 0);
    CHECK(value_of("neurocards_actor_ended_total{kind=\"" + kind + "\",reason=\"faulted\"}") >= 0);
  }
}

TEST_CASE("process metrics: handlers are measured by message unless that is switched off") {
  kind_of("generation").handling.add(0x1234, 2'000'000);
  handling_times::set(true);
  const auto text = process_metrics();
  const auto begin = text.find("neurocards_actor_handling_seconds_bucket{kind=\"generation\"");
  REQUIRE(begin != std::string::npos);
  CHECK(text.find(",le=\"0.005\"} ", begin) != std::string::npos);
  CHECK(text.find(",le=\"+Inf\"} ", begin) != std::string::npos);
  CHECK(text.find("neurocards_actor_handling_seconds_count{kind=\"generation\"")
        != std::string::npos);
  handling_times::set(false);
  CHECK(process_metrics().find("neurocards_actor_handling_seconds") == std::string::npos);
}

TEST_CASE("process metrics: what runs is told") {
  CHECK(value_of("neurocards_build_info{version=\"" + std::string{build::version} + "\",commit=\""
                 + std::string{build::commit} + "\"}")
        == 1);
}

TEST_CASE("process metrics: docs/metrics.md names every family, and none that there is not") {
  caf::telemetry::metric_registry registry;
  const metrics all{registry};
  // Families whose label values are not known beforehand show nothing before the first event.
  all.provider_calls("create", "done").inc();
  for (auto* count : {&all.db_requests("ping"), &all.db_failures("ping"), &all.db_batches("ping")})
    count->inc();
  all.db_seconds("ping").inc(0.001);
  all.times().db_request("ping").observe(0.001);
  all.times().http_request("kie", "kie.createTask", "ok").observe(1);
  all.times().endpoint("/metrics", "200").observe(0.01);
  kind_of("generation").handling.add(1, 1);
  handling_times::set(true);
  recent_figures figures;
  for (const auto* name :
       {"neurocards_audit_last_success_timestamp_seconds", "neurocards_kie_balance_credits",
        "neurocards_certificate_expiry_timestamp_seconds", "neurocards_scheduler_busy_ratio",
        "neurocards_promises_broken", "neurocards_storage_free_bytes",
        "neurocards_kie_listed_price_credits"})
    figures.set({name}, 1, recent_figures::time_point::max());
  std::set<std::string> shown;
  std::istringstream lines{metrics_text(registry) + process_metrics()
                           + recent_text(figures, std::chrono::steady_clock::now())
                           + cluster_series(nlohmann::json::object(), {})
                           + earnings_figures{}.text({})};
  for (std::string hash, type, name, line; std::getline(lines, line);)
    if (std::istringstream words{line}; words >> hash >> type >> name && type == "TYPE")
      shown.insert(name);
  shown.insert({"process_cpu_seconds_total", "process_resident_memory_bytes",
                "process_virtual_memory_bytes"}); // CAF reads these when it is asked
  std::ifstream page{test::in_source("docs/metrics.md")};
  std::set<std::string> told;
  const std::regex row{R"(\| `((neurocards|process)_[a-z_]+)` \|.*)"};
  for (std::string line; std::getline(page, line);)
    if (std::smatch found; std::regex_match(line, found, row))
      told.insert(found[1]);
  const auto joined = [](const std::set<std::string>& names) {
    std::string result;
    for (const auto& x : names)
      result += x + ' ';
    return result;
  };
  CHECK(joined(told) == joined(shown));
}

TEST_SUITE_END();
