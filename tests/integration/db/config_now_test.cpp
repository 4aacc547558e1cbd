#include "protocol/store/nodes.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;
using nlohmann::json;

namespace {

struct config_fixture : store_fixture {
  void beat(const std::string& name, const json& stats) {
    ask.ask(store::heartbeat{incarnation{uuid::random()}, name, "worker", "1", stats.dump()});
  }

  static json told(const std::string& digest, json changed, json needs_restart, json refused) {
    return {{"in_flight", 3},
            {"config",
             {{"digest", digest},
              {"reloads", 1},
              {"reloaded_at", "2026-11-30T07:00:00Z"},
              {"changed", std::move(changed)},
              {"needs_restart", std::move(needs_restart)},
              {"refused", std::move(refused)}}}};
  }

  json state() { return json::parse(db.value("SELECT status_snapshot()")); }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/config_now");

TEST_CASE_FIXTURE(config_fixture, "config_now: without nodes that tell there is nothing to tell") {
  beat("old-program", {{"in_flight", 0}});
  const auto config = state()["config"];
  CHECK(config["digest"].is_null());
  CHECK(config["nodes"].empty());
  CHECK(config["changed"].empty());
}

TEST_CASE_FIXTURE(config_fixture,
                  "config_now: what several nodes tell is told once, and who differs by name") {
  const auto none = json::array();
  beat("bot", told("aaaa", json::array({"kie.models"}), none, none));
  beat("worker-1",
       told("bbbb", json::array({"kie.models", "log.level"}), json::array({"db.lanes"}), none));
  beat("worker-2",
       told("bbbb", none, json::array({"db.lanes"}), json::array({"notifier.rate: bad"})));
  db.sql(R"(INSERT INTO settings (key, value) VALUES ('cluster', '{"leader": "bot"}'))");
  const auto all = state();
  const auto& config = all["config"];
  CHECK(config["digest"] == "aaaa");
  CHECK(config["differ"] == json::array({"worker-1", "worker-2"}));
  CHECK(config["changed"] == json::array({"kie.models", "log.level"}));
  CHECK(config["needs_restart"] == json::array({"db.lanes"}));
  CHECK(config["refused"] == json::array({"notifier.rate: bad"}));
  CHECK(config["reloaded_at"] == "2026-11-30T07:00:00Z");
  CHECK(config["nodes"].size() == 3);
  CHECK(all["nodes"][0]["digest"] == "aaaa");
  CHECK_FALSE(all["nodes"][0]["stats"].contains("config"));
  CHECK(all["nodes"][0]["stats"]["in_flight"] == 3);
}

TEST_CASE_FIXTURE(config_fixture, "config_now: without a leader that tells, most nodes are right") {
  const auto none = json::array();
  beat("a", told("bbbb", none, none, none));
  beat("b", told("aaaa", none, none, none));
  beat("c", told("bbbb", none, none, none));
  CHECK(state()["config"]["differ"] == json::array({"b"}));
  db.sql("UPDATE nodes SET left_at = now() WHERE name = 'b'");
  CHECK(state()["config"]["differ"].empty());
}

TEST_SUITE_END();
