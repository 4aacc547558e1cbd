#include "tests/browser/script.hpp"
#include "tests/support/bulk_jobs.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace neurocards::test;
using nlohmann::json;

namespace {

constexpr const char* guardrails = "This content may violate our guardrails.";
constexpr const char* maintenance = "KIE announced maintenance";
constexpr int concurrency = 4;
constexpr int waiting = 8;

/// Two nodes, the first with all but the worker; whoever looks needs a token.
struct dashboard_world : world {
  std::string url; // of the first node

  dashboard_world() {
    variables["HTTP_TOKEN"] = "operators-token";
    variables["HTTP_READ_TOKEN"] = "readers-token";
    variables["NEUROCARDS_TEST_STALL"] = "2000"; // a handler that blocks, soon after the start
    options.insert(options.end(), {"--credits.welcome=20", "--kie.key-cooldown=1h"});
    const auto file = folder().file("hosts.conf");
    std::ofstream{file} << R"(cluster { nodes = [
  { name = "first", host = "127.0.0.1", port = )"
                        << free_port() << R"(, roles = ["gateway", "notifier", "coordinator"] },
  { name = "second", host = "127.0.0.1", port = 0, roles = ["worker"], concurrency = )"
                        << concurrency << " },\n] }\n";
    start_node({"--config-file=" + file, "--node=first"});
    url = node_url();
    start_node({"--config-file=" + file, "--node=second"});
    wait_until("both nodes", [&] {
      return db.number("SELECT jsonb_array_length(value->'nodes') FROM settings "
                       "WHERE key = 'cluster'")
             == 2;
    });
  }

  /// One order that KIE refuses for its content, met by a key that is limited.
  void fail_an_order() {
    services.post("script", {{"service", "kie"},
                             {"operation", "createTask"},
                             {"match", {{"key", "kie-secret-one"}}},
                             {"count", 0},
                             {"code", 429},
                             {"message", "Your call frequency is too high."}});
    services.post(
      "script",
      {{"service", "kie"}, {"operation", "task"}, {"fail_code", "501"}, {"fail_msg", guardrails}});
    order(7);
    wait_until("the failure", [&] { return jobs("failed") == 1; });
  }

  /// Orders whose tasks do not end: some are worked on, the others have waited for ten minutes.
  void put_under_load() {
    services.post("settings", {{"kie_time", 3'600'000}});
    add_bulk_jobs(db, 7, concurrency + waiting, "load");
    db.sql("NOTIFY jobs");
    wait_until("a full worker", [&] {
      return db.number("SELECT count(*) FROM jobs WHERE kie_task_id IS NOT NULL "
                       "AND status = 'processing'")
             == concurrency;
    });
    wait_until("the limited key", [&] { return db.number(cooling("count(*)")) == 1; });
    db.sql("UPDATE jobs SET created_at = created_at - interval '11 min', "
           "run_at = run_at - interval '11 min' WHERE status = 'queued'");
  }

  /// What an operator did yesterday.
  void act_yesterday() {
    for (const auto* action : {"pause", "resume"})
      CHECK(verb({"queue", action, std::string{"--reason="} + maintenance}).code == 0);
    db.sql("UPDATE operator_actions SET at = at - interval '1 day'");
    db.sql("DELETE FROM operator_actions WHERE verb = 'queue resume'");
  }

  int64_t jobs(const std::string& status) {
    return db.number("SELECT count(*) FROM jobs WHERE status = '" + status + "'");
  }

  static std::string cooling(const std::string& columns) {
    return "SELECT " + columns + " FROM kie_keys WHERE blocked_until > now()";
  }

  json facts() {
    return {{"waiting", jobs("queued")},
            {"failed", db.value("SELECT id FROM jobs WHERE status = 'failed'")},
            {"signal", db.value("SELECT failure_signal(j) FROM jobs j WHERE status = 'failed'")},
            {"key", db.value(cooling("fingerprint"))},
            {"until", db.number(cooling("extract(epoch FROM blocked_until)::bigint"))},
            {"verb", "queue pause"},
            {"reason", maintenance}};
  }
};

} // namespace

TEST_SUITE_BEGIN("browser/dashboard");

TEST_CASE("browser: the dashboard answers and acts, and with the read-only token no POST works") {
  dashboard_world w;
  w.fail_an_order();
  w.act_yesterday();
  w.put_under_load();
  const auto facts = w.facts();
  REQUIRE(facts["waiting"] == waiting);
  run_browser_script(w, "dashboard.mjs",
                     {w.url, w.variables["HTTP_TOKEN"], w.variables["HTTP_READ_TOKEN"],
                      facts.dump(), browser_output_folder()});
  // What was done is done to those who were meant, with its reason; a reader did nothing.
  CHECK(w.jobs("queued") == 0);
  CHECK(w.jobs("processing") == concurrency);
  CHECK(w.jobs("failed") == 1 + waiting);
  CHECK(w.db.value("SELECT string_agg(verb || ': ' || reason, '; ' ORDER BY id) "
                   "FROM operator_actions WHERE at > now() - interval '1 hour'")
        == "queue pause: the browser test pauses; jobs cancel: the browser test cancels; "
           "queue resume: the browser test resumes");
  w.db.check_promises();
}

TEST_SUITE_END();
