#include "tests/support/world.hpp"

#include <fstream>

#include <doctest/doctest.h>

// Settings that change while nodes run: felt where they are used, told where operators look.

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;
using words = std::vector<std::string>;

namespace {

/// Two nodes of one cluster.conf: "bot" with the coordinator, and "worker-1".
struct reload_world : world {
  const std::string file = folder().file("nodes.conf");
  const std::string nodes =
    R"(cluster { nodes = [
  { name = "bot", host = "127.0.0.1", port = )"
    + std::to_string(free_port()) + R"(, roles = ["gateway", "notifier", "coordinator"] },
  { name = "worker-1", host = "127.0.0.1", port = 0, roles = ["worker"] } ] }
)";

  reload_world() { write(""); }

  void write(const std::string& settings) {
    std::ofstream{file + ".new"} << nodes << settings;
    std::rename((file + ".new").c_str(), file.c_str());
  }

  process& start(const std::string& name) {
    return start_node({"--config-file=" + file, "--node=" + name});
  }

  json status() { return json::parse(verb({"status", "--json"}).output); }
  json config() { return status()["config"]; }

  /// `neurocards reload`, with defaults: the file may be bad.
  verb_result reload() { return verb({"reload", "--db.heartbeat=500ms"}); }

  int capacity_of_worker() {
    return static_cast<int>(
      db.number("SELECT (stats->>'capacity')::int FROM nodes WHERE name = 'worker-1'"));
  }

  void consent(int64_t user) {
    services.post("send", {{"user", user}, {"text", "/start"}});
    wait_until("the terms", [&] { return services.press(user, "✅ Принимаю условия"); });
    wait_until("the credits", [&] {
      return db.number("SELECT count(*) FROM credit_ledger WHERE tg_user_id = "
                       + std::to_string(user))
             == 1;
    });
  }

  int64_t credits_of(int64_t user) {
    return db.number("SELECT credits FROM users WHERE tg_user_id = " + std::to_string(user));
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/reload");

TEST_CASE("e2e: settings of all kinds take effect on all nodes by one reload") {
  reload_world w;
  w.start("bot");
  w.start("worker-1");
  wait_until("both to tell", [&] { return w.config()["nodes"].size() == 2; });
  CHECK(w.config()["reloaded_at"].is_null());
  wait_until("the capacity", [&] { return w.capacity_of_worker() == 20'000; });
  w.consent(7);
  CHECK(w.credits_of(7) == 2);
  const auto before = w.config()["digest"];

  w.write(R"(
credits { welcome = 9 }
terms { support = "@new_helper" }
limits { messages-per-minute = 4 }
worker { concurrency = 3 }
log { level = "debug" }
db { lanes = 5 }
kie { models = [{ slug = "sora-2-image-to-video", name = "The only one" }] }
)");
  const auto got = w.reload();
  CAPTURE(got.output);
  CHECK(got.code == 0);
  CHECK(got.output.find("credits.welcome") != std::string::npos);
  CHECK(got.output.find("Waits for a RESTART of bot, worker-1: db.lanes") != std::string::npos);
  const auto told = w.config();
  CHECK(told["changed"].get<words>()
        == words{"credits.welcome", "kie.models", "limits.messages-per-minute", "log.level",
                 "terms.support", "worker.concurrency"});
  CHECK(told["needs_restart"].get<words>() == words{"db.lanes"});
  CHECK(told["refused"].empty());
  CHECK(told["differ"].empty());
  CHECK(told["digest"] != before);
  CHECK_FALSE(told["reloaded_at"].is_null());

  w.consent(8);
  CHECK(w.credits_of(8) == 9);
  w.services.post("send", {{"user", 8}, {"text", "/support"}});
  wait_until("the new address", [&] {
    for (const auto& text : w.services.said_to(8))
      if (text.find("@new_helper") != std::string::npos)
        return true;
    return false;
  });
  wait_until("the new capacity", [&] { return w.capacity_of_worker() == 3; });
  for (int i = 0; i < 5; ++i)
    w.services.post("send", {{"user", 8}, {"text", "/balance"}});
  w.expect(8, "🐢");
  wait_until("the new catalogue", [&] {
    const auto state = json::parse(web_get(w.node_url() + "/api/status").body);
    return state["configured"]["models"].get<words>() == words{"sora-2-image-to-video"};
  });
  w.db.check_promises();
}

TEST_CASE("e2e: scripts are written by the model that a reload names") {
  reload_world w;
  w.start("bot");
  w.start("worker-1");
  const auto last_asked = [&] {
    const auto calls = w.services.get("calls?service=openai&operation=chat&last=1");
    return calls.at("last").empty() ? "" : calls.at("last")[0].value("model", "");
  };
  w.order(7);
  wait_until("the first script", [&] { return last_asked() == "gpt-4o-mini"; });
  w.write("openai { models = [\"gpt-4o\"], timeout = 20s, concurrency = 2, vision = false }");
  CHECK(w.reload().code == 0);
  CHECK(w.config()["changed"].get<words>()
        == words{"openai.concurrency", "openai.models", "openai.timeout", "openai.vision"});
  CHECK(w.config()["needs_restart"].empty());
  w.order(8);
  wait_until("the second script", [&] { return last_asked() == "gpt-4o"; });
}

TEST_CASE("e2e: a bad file changes nothing on any node, and says all of its faults") {
  reload_world w;
  w.start("bot");
  w.start("worker-1");
  wait_until("both to tell", [&] { return w.config()["nodes"].size() == 2; });
  wait_until("the capacity", [&] { return w.capacity_of_worker() == 20'000; });
  const auto before = w.config()["digest"];
  w.write("worker { concurrency = 3 } credits { welcome = \"lots\" } kie { poll-timeout = 15 }");
  const auto got = w.reload();
  CAPTURE(got.output);
  CHECK(got.code == 1);
  CHECK(got.output.find("Settings REFUSED by bot, worker-1: credits.welcome") != std::string::npos);
  CHECK(got.output.find("\"15\" has no unit") != std::string::npos);
  CHECK(w.config()["refused"].size() == 2);
  CHECK(w.config()["changed"].empty());
  CHECK(w.config()["digest"] == before);
  CHECK(w.capacity_of_worker() == 20'000);
  w.write("worker { concurrency = 3 }");
  CHECK(w.reload().code == 0);
  wait_until("the new capacity", [&] { return w.capacity_of_worker() == 3; });
  CHECK(w.config()["refused"].empty());
}

TEST_CASE("e2e: a node with another cluster.conf is named by status and check") {
  reload_world w;
  w.start("bot");
  auto& worker = w.start_node({"--config-file=" + w.file, "--node=worker-1"});
  wait_until("both to tell", [&] { return w.config()["nodes"].size() == 2; });
  CHECK(w.config()["differ"].empty());
  w.write("credits { welcome = 4 }"); // as if only the worker's host had got the new file
  worker.signal(SIGHUP);
  wait_until("who differs", [&] { return w.config()["differ"] == json::array({"worker-1"}); });
  CHECK(w.verb({"status"}).output.find("ANOTHER cluster.conf") != std::string::npos);
  words check{"check", "--config-file=" + w.file};
  check.insert(check.end(), w.options.begin(), w.options.end());
  const auto found = w.verb(check).output;
  CAPTURE(found);
  CHECK(found.find("node bot runs with another cluster.conf than this one") != std::string::npos);
  CHECK(found.find("node worker-1 runs with another") == std::string::npos);
}

TEST_SUITE_END();
