#include "tests/support/event_reader.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

// What engineers see of the actors of a running node, and that no user's words are in it.

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct inspected_world : world {
  json get(const std::string& path) {
    const auto got = web_get(node_url() + path);
    REQUIRE_MESSAGE(got.status == 200, path << ": " << got.body);
    return json::parse(got.body);
  }

  json instances(const std::string& kind) { return get("/api/actors/" + kind).at("instances"); }

  /// The first of a kind is asked what it does.
  json probe(const std::string& kind) {
    const auto all = instances(kind);
    REQUIRE_MESSAGE(!all.empty(), kind);
    return get("/api/actors/" + kind + "/" + all.at(0).at("id").dump());
  }

  uint16_t port() const {
    return static_cast<uint16_t>(std::stoi(node_url().substr(node_url().rfind(':') + 1)));
  }

  /// Every value that a series has had.
  std::vector<double> values(const std::string& name) {
    std::vector<double> result;
    const auto got = get("/api/series?name=" + name);
    for (const auto& point : got.at("points"))
      result.push_back(point.at(1));
    return result;
  }
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("e2e/inspection");

TEST_CASE_FIXTURE(
  inspected_world,
  "e2e: actors are labelled with their job, chat or task, and tell no user's words") {
  services.post("settings", {{"kie_time", 60'000}});
  start_node();
  order(7);
  wait_until("the task", [&] {
    return db.number("SELECT count(*) FROM jobs WHERE kie_task_id <> ''") == 1
           && !instances("kie_poller").empty();
  });
  CHECK(instances("generation").at(0).at("label") == db.value("SELECT id FROM jobs"));
  CHECK(instances("conversation").at(0).at("label") == "7");
  CHECK(instances("kie_poller").at(0).at("label") == db.value("SELECT kie_task_id FROM jobs"));
  for (const auto* kind : {"generation", "conversation", "kie_poller"}) {
    CAPTURE(kind);
    wait_until(std::string{"what was handled last by a "} + kind,
               [&] { return probe(kind).at("last_message").is_string(); });
    const auto told = probe(kind);
    CHECK(told.at("describe").is_object());
    CHECK(told.at("last_at") > 1'000'000'000);
    for (const auto& text : {told.dump(), instances(kind).dump(), get("/api/actors").dump()})
      for (const auto* word : {"кружка", "Керам"})
        CHECK_FALSE_MESSAGE(holds(text, word), text);
  }
  const auto id = instances("generation").at(0).at("id").dump();
  const auto shown =
    verb({"actors", "generation", id, "--http.listen=" + node_url().substr(7)}); // http://
  CHECK(shown.code == 0);
  CHECK(holds(shown.output, "last message: "));
}

TEST_CASE_FIXTURE(inspected_world,
                  "e2e: a stall is told to who listens, when it is seen and when it has ended") {
  variables["NEUROCARDS_TEST_STALL"] = "6000";
  start_node();
  neurocards::test::event_reader listener{port(), "none"};
  const auto next = [&] { // of our stall: a busy machine has others
    for (;;) {
      const auto event = listener.next("stall");
      auto told = json::parse(event.substr(event.find("data: ") + 6));
      if (told.at("kind") == "test_stall")
        return told;
    }
  };
  const auto seen = next();
  CHECK(seen.at("running") == true);
  CHECK(seen.at("message") == "wake_atom");
  CHECK(seen.at("node").is_string());
  const auto ended = next();
  CHECK(ended.at("running") == false);
  CHECK(ended.at("ms") >= 6000);
  // A thread that one handler keeps for longer than they are measured is busy all that time.
  wait_until("the busy thread in the history", [&] {
    for (const auto x : values("scheduler_busy_ratio"))
      if (x > 0 && x <= 1)
        return true;
    return false;
  });
  wait_until("the lag of timers", [&] { return !values("timer_lag_seconds.p95").empty(); });
}

TEST_CASE_FIXTURE(inspected_world,
                  "e2e: what KIE repeats of a user is in no page, log or metric unless asked for") {
  services.post("script", {{"service", "kie"},
                           {"operation", "task"},
                           {"fail_code", "422"},
                           {"fail_msg", "Василиса: this prompt violates our content policy"}});
  auto& node = start_node();
  order(7);
  expect(7, "❌ Не получилось с данной картинкой/описанием. 1 кредит вернулся ✅");
  const auto job = db.value("SELECT id FROM jobs");
  REQUIRE(holds(db.value("SELECT error_details->>'raw' FROM jobs"), "Василиса"));
  const auto errors = get("/api/errors").at("groups");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].at("class") == "USER_VIOLATION");
  CHECK(errors[0].at("signal") == "422 policy");
  CHECK(get("/api/jobs?class=USER_VIOLATION&signal=422%20policy").at("jobs")[0].at("id") == job);
  for (const std::string path : {"/api/errors", "/api/jobs", "/api/status", "/api/actions"})
    CHECK_FALSE_MESSAGE(holds(get(path).dump(), "Василиса"), path);
  CHECK_FALSE(holds(get("/api/jobs/" + job).dump(), "Василиса"));
  CHECK_FALSE(holds(web_get(node_url() + "/metrics").body, "Василиса"));
  CHECK(holds(node.output(), "job.failed"));
  CHECK_FALSE(holds(node.output(), "Василиса"));
  CHECK_FALSE(holds(verb({"jobs", "list"}).output, "Василиса"));
  CHECK(holds(verb({"jobs", "list", "--signal=422 policy"}).output, job));
  CHECK(holds(get("/api/jobs/" + job + "?texts=1").dump(), "Василиса"));
  CHECK(holds(get("/api/errors?texts=1").dump(), "Василиса"));
  CHECK(holds(verb({"jobs", "show", job}).output, "Василиса")); // shows texts
}

TEST_SUITE_END();
