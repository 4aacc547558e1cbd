#include "actors/timer_wheel.hpp"
#include "clients/kie.hpp"
#include "domain/models.hpp"
#include "node/http/metric_values.hpp"
#include "node/http/metrics_text.hpp"
#include "node/http/service.hpp"
#include "tests/support/databases.hpp"
#include "tests/support/event_reader.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"
#include "tests/support/raw_http.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

// What operators do over HTTP: the real endpoint of a node on a real database, without its roles.

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct http_fixture {
  migrated_database db;
  test::temporary_directory folder;
  caf::actor_system_config config;
  caf::actor_system sys{config};
  timer_wheel_actor wheel = start_timer_wheel(sys);
  services shared;
  std::unique_ptr<http_service> http;

  http_fixture() : shared(start_services(sys, settings(), node())) {
    http = std::make_unique<http_service>(sys, shared);
    db.add_user(7, 5);
  }

  ~http_fixture() {
    http.reset();
    end_services(shared);
    sys.registry().erase(timer_wheel::name);
    wheel = nullptr;
  }

  static config::node node() { return {"bot-1", "127.0.0.1", 0, {node_role::gateway}, 0}; }

  config::all settings() const {
    config::all result;
    result.cluster.nodes = {node()};
    result.storage.path = folder.path();
    result.http.listen = "127.0.0.1:0";
    result.kie.models = models::shipped();
    result.secrets.bot_token = secret{"1:token"};
    result.secrets.database_url = secret{db.url()};
    result.secrets.kie_accounts.push_back({secret{"key"}});
    result.secrets.http_token = secret{"operator"};
    result.secrets.http_read_token = secret{"reader"};
    return result;
  }

  test::reply send(const std::string& method, const std::string& path, const std::string& token,
                   const std::string& body = {}) const {
    return test::exchange(http->port(), method + " " + path
                                          + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                            "Authorization: Bearer "
                                          + token + "\r\nContent-Length: "
                                          + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  nlohmann::json get(const std::string& path) const {
    const auto got = send("GET", path, "reader");
    REQUIRE_MESSAGE(got.status == 200, path << ": " << got.body);
    return nlohmann::json::parse(got.body);
  }

  /// Status and body.
  std::pair<int, nlohmann::json> post(const std::string& path, nlohmann::json body,
                                      const std::string& token = "operator") const {
    if (!body.contains("reason"))
      body["reason"] = "test";
    const auto got = send("POST", path, token, body.dump());
    return {got.status, nlohmann::json::parse(got.body)};
  }

  /// How often the database was asked for the state of the whole.
  double snapshots() {
    const auto values = read_metrics(metrics_text(sys));
    const auto found = values.counters.find("db_requests{kind=\"snapshot\"}");
    return found == values.counters.end() ? 0 : found->second;
  }

  std::string actions() {
    return db.value(
      "SELECT coalesce(string_agg(concat_ws('|', operator, verb, target, reason), ', ' "
      "ORDER BY id), '') FROM operator_actions");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/node/operators_http");

TEST_CASE_FIXTURE(http_fixture, "operators http: what is done over HTTP is done, kept and told") {
  const auto job = db.add_job(7, "one");
  const auto paused = post("/api/queue", {{"action", "pause"}, {"operator", "anna"}});
  CHECK(paused.first == 200);
  CHECK(paused.second["paused"]["operator"] == "anna@127.0.0.1");
  CHECK(get("/api/status")["paused"]["queue"]["reason"] == "test");
  CHECK(post("/api/models/" + settings().kie.models.at(0).slug, {{"action", "resume"}}).first
        == 409);
  CHECK(post("/api/models/none", {{"action", "pause"}}).first == 404);
  CHECK(post("/api/nodes/bot-1", {{"action", "drain"}}).first == 200); // cluster.conf knows it
  CHECK(post("/api/keys/0011223344556677", {{"action", "pause"}}).first == 404);
  CHECK(post("/api/queue", {{"action", "resume"}}).second == nlohmann::json{{"done", true}});
  const auto counted =
    post("/api/jobs/actions", {{"action", "cancel"}, {"filter", {{"user", 7}}}, {"expected", 0}});
  CHECK(counted.first == 409);
  CHECK(counted.second["count"] == 1);
  const auto done = post("/api/jobs/actions", {{"action", "cancel"}, {"ids", {job}}});
  CHECK(done.second == nlohmann::json{{"done", 1}, {"results", {{{"id", job}, {"done", true}}}}});
  CHECK(actions()
        == "anna@127.0.0.1|queue pause||test, http@127.0.0.1|nodes drain|bot-1|test, "
           "http@127.0.0.1|queue resume||test, http@127.0.0.1|jobs cancel|"
             + job + "|test");
  const auto told = get("/api/actions?limit=2");
  CHECK(told["actions"][0]["verb"] == "jobs cancel");
  CHECK(told["next"].is_number());
  CHECK(get("/api/jobs?status=failed&q=" + job.substr(0, 13))["jobs"][0]["id"] == job);
  CHECK(get("/api/errors")["total"] == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(http_fixture,
                  "operators http: the token for reading changes nothing, on any route") {
  const auto job = db.add_job(7, "one");
  const nlohmann::json actions_of_all[] = {{{"action", "pause"}},
                                           {{"action", "resume"}},
                                           {{"action", "drain"}},
                                           {{"action", "fail"}, {"ids", {job}}}};
  for (const auto* path : {"/api/jobs/actions", "/api/queue", "/api/keys/0011",
                           "/api/models/sora-2", "/api/nodes/bot-1"})
    for (const auto& body : actions_of_all) {
      CAPTURE(path);
      CHECK(post(path, body, "reader").first == 403);
      CHECK(post(path, body, "wrong").first == 401);
    }
  CHECK(actions().empty());
  CHECK(db.number("SELECT count(*) FROM pauses") == 0);
  CHECK(db.value("SELECT status FROM jobs") == "queued");
}

TEST_CASE_FIXTURE(http_fixture,
                  "operators http: what a user wrote is told only to who asks for it") {
  const auto job = db.add_job(7, "one");
  db.sql("UPDATE jobs SET product_text = 'a very secret mug', prompt = 'a very secret script'");
  for (const std::string path : {"/api/jobs", "/api/status", "/api/errors", "/api/actions"})
    CHECK_MESSAGE(get(path).dump().find("very secret") == std::string::npos, path);
  CHECK(get("/api/jobs/" + job).dump().find("very secret") == std::string::npos);
  const auto told = get("/api/jobs/" + job + "?texts=1");
  CHECK(told["texts"]["product_text"] == "a very secret mug");
  db.sql("UPDATE jobs SET status = 'failed', error = 'task failed: 422 policy', error_details = "
         "error_details || '{\"raw\": \"422 | a very secret mug violates our policy\", "
         "\"signal\": \"422 policy\", \"class\": \"USER_VIOLATION\"}'");
  const auto by_signal = std::string{"/api/jobs?class=USER_VIOLATION&signal=422%20policy"};
  for (const auto& path :
       {by_signal, std::string{"/api/status"}, std::string{"/api/errors"}, "/api/jobs/" + job})
    CHECK_MESSAGE(get(path).dump().find("very secret") == std::string::npos, path);
  CHECK(get("/api/errors")["groups"][0]["signal"] == "422 policy");
  CHECK(get(by_signal)["jobs"][0]["id"] == job);
  CHECK(get(by_signal)["jobs"][0]["error"] == "task failed: 422 policy");
  CHECK(get("/api/jobs?signal=422%20adult")["jobs"].empty());
  const auto words = "422 | a very secret mug violates our policy";
  CHECK(get("/api/errors?texts=1")["groups"][0]["words"] == words);
  CHECK(get(by_signal + "&texts=1")["jobs"][0]["words"] == words);
  CHECK(get("/api/jobs/" + job + "?texts=1")["texts"]["provider_words"] == words);
  for (const auto* name : {"tries", "stages", "events", "notices"})
    CHECK_MESSAGE(told[name].is_array(), name);
  CHECK(told["attempts"] == 0);
}

TEST_CASE_FIXTURE(http_fixture, "status: keys and models are named before they were ever used") {
  const auto told = get("/api/status");
  REQUIRE(told["configured"]["models"].size() == settings().kie.models.size());
  CHECK(told["configured"]["models"][0] == settings().kie.models.at(0).slug);
  CHECK(told["configured"]["keys"]
        == nlohmann::json::array({kie::fingerprint(secret{"key"}).value}));
  CHECK(told["models"].empty());
  CHECK(told["queue"]["queued"] == 0); // the state is whole
}

TEST_CASE_FIXTURE(http_fixture, "events: fifty who listen cost the database no more than one") {
  // Each hears of three states, however long that takes: one question every two seconds.
  const auto questions_with = [&](size_t listeners) {
    std::vector<test::event_reader> all;
    for (size_t i = 0; i < listeners; ++i)
      all.emplace_back(http->port(), "reader");
    const auto began = std::chrono::steady_clock::now();
    const auto before = snapshots();
    for (int i = 0; i < 3; ++i)
      for (auto& listener : all)
        listener.next("status");
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
    CHECK(snapshots() - before <= passed.count() / 2 + 2);
    return snapshots() - before;
  };
  CHECK(questions_with(1) > 0);
  CHECK(questions_with(50) > 0);
  const auto began = std::chrono::steady_clock::now();
  const auto before = snapshots();
  for (int i = 0; i < 20; ++i)
    get("/api/status");
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
  CHECK(snapshots() - before <= passed.count() / 2 + 2);
}

TEST_CASE_FIXTURE(http_fixture, "events: a job's way is told to who listens") {
  const auto job = db.add_job(7, "one");
  test::event_reader listener{http->port(), "reader"};
  CHECK(listener.head.find("Content-Type: text/event-stream") != std::string::npos);
  listener.next("status");
  listener.next("status"); // the first to compare with has been read
  CHECK(post("/api/jobs/actions", {{"action", "fail"}, {"ids", {job}}}).first == 200);
  const auto told = listener.next("job");
  CHECK(told.find("\"id\":\"" + job + "\"") != std::string::npos);
  CHECK(told.find("\"was\":\"queued\"") != std::string::npos);
}

TEST_CASE_FIXTURE(http_fixture, "series: the history of a figure is told by its name") {
  db.add_job(7, "one");
  test::wait_until("figures of the cluster in the history", [&] {
    const auto got = get("/api/series?name=jobs%7Bstatus%3D%22queued%22%7D");
    return !got["points"].empty() && got["points"].back()[1] == 1;
  });
  const auto names = get("/api/series")["names"];
  CHECK(std::ranges::find(names, "process_open_fds") != names.end());
  std::vector<std::string> wanted{"timer_lag_seconds.p95", "queue_age_seconds",
                                  "job_seconds{outcome=\"completed\"}.p95"};
  for (const std::string stage :
       {"wait", "prompt", "photo", "create", "render", "download", "commit", "deliver"}) {
    wanted.push_back("stage_oldest_seconds{stage=\"" + stage + "\"}");
    for (const std::string share : {".p50", ".p95"})
      wanted.push_back("job_stage_seconds{stage=\"" + stage + "\"}" + share);
  }
  for (const auto& name : wanted)
    CHECK_MESSAGE(std::ranges::find(names, nlohmann::json(name)) != names.end(), name);
  CHECK(get("/api/series?name=none")["points"].empty());
  CHECK(get("/api/series?name=process_open_fds&since=1h")["step_s"] == 15);
  CHECK(get("/api/series?name=jobs&name=none")["series"].size() == 2);
}

TEST_SUITE_END();
