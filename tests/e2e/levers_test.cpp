#include "tests/support/bulk_jobs.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

// What operators pause is felt by running nodes within seconds, and kept over restarts.

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* ready = "✅ Видео готово!";

struct lever_world : world {
  lever_world() { options.emplace_back("--credits.welcome=20"); }

  json paused() { return json::parse(verb({"status", "--json"}).output)["paused"]; }

  void pull(std::vector<std::string> words) {
    words.emplace_back("--reason=test");
    const auto got = verb(words);
    CHECK_MESSAGE(got.code == 0, got.output);
  }

  /// One more order of a user who has ordered before.
  void add_jobs(int count) {
    add_bulk_jobs(db, 7, count, "bulk" + std::to_string(++batches_));
    db.sql("NOTIFY jobs");
  }

  int64_t jobs(const std::string& where) {
    return db.number("SELECT count(*) FROM jobs WHERE " + where);
  }

  void restart(process& node) {
    node.signal(SIGTERM);
    CHECK(node.wait() == 0);
    start_node();
  }

  /// Claims are made at every NOTIFY and at every interval: three heartbeats of a node that works
  /// are more than either.
  void wait_for_claims() {
    const auto beat = db.value("SELECT max(heartbeat_at) FROM nodes");
    wait_until("three heartbeats", [&] {
      return db.number("SELECT count(*) FROM nodes WHERE heartbeat_at > '" + beat
                       + "'::timestamptz + interval '3 s'")
             > 0;
    });
  }

private:
  int batches_ = 0;
};

} // namespace

TEST_SUITE_BEGIN("e2e/levers");

TEST_CASE("e2e: a paused queue starts nothing until it is resumed, also after a restart") {
  lever_world w;
  auto& node = w.start_node();
  w.order(7);
  w.expect(7, ready);
  w.pull({"queue", "pause"});
  CHECK(w.paused()["queue"]["reason"] == "test");
  w.add_jobs(3);
  w.wait_for_claims();
  CHECK(w.jobs("status = 'queued'") == 3);
  w.restart(node);
  w.wait_for_claims();
  CHECK(w.jobs("status = 'queued'") == 3);
  CHECK(w.verb({"status"}).output.find("The queue is PAUSED since") != std::string::npos);
  w.pull({"queue", "resume"});
  wait_until("claims after resume", [&] { return w.jobs("status = 'queued'") == 0; });
  wait_until("all videos", [&] { return w.jobs("status = 'completed'") == 4; });
  w.db.check_promises();
}

TEST_CASE("e2e: a paused model gets no task, also after a restart") {
  lever_world w;
  auto& node = w.start_node();
  w.order(7);
  w.expect(7, ready);
  const auto first = w.db.value("SELECT DISTINCT model FROM jobs");
  w.pull({"models", "pause", first});
  w.add_jobs(2);
  wait_until("videos of another model",
             [&] { return w.jobs("status = 'completed' AND model <> '" + first + "'") == 2; });
  w.restart(node);
  w.add_jobs(1);
  wait_until("one more",
             [&] { return w.jobs("status = 'completed' AND model <> '" + first + "'") == 3; });
  w.pull({"models", "resume", first});
  w.add_jobs(1);
  wait_until("the first model again",
             [&] { return w.jobs("status = 'completed' AND model = '" + first + "'") == 2; });
  const auto unknown = w.verb({"models", "pause", "sora-9", "--reason=test"});
  CHECK(unknown.code == 2);
  CHECK(unknown.output.find("\"sora-9\" is no model; allowed: " + first) != std::string::npos);
  w.db.check_promises();
}

TEST_CASE("e2e: a paused key creates no task, also after a restart, and is never shown") {
  lever_world w;
  w.variables["KIE_API_KEY"] = "kie-secret-one,kie-secret-two";
  auto& node = w.start_node();
  w.order(7);
  w.expect(7, ready);
  const auto first = w.db.value("SELECT kie_api_key FROM jobs");
  w.pull({"keys", "pause", first});
  w.add_jobs(4);
  wait_until("videos of the other key", [&] { return w.jobs("status = 'completed'") == 5; });
  CHECK(w.jobs("kie_api_key = '" + first + "'") == 1);
  w.restart(node);
  w.add_jobs(2);
  wait_until("videos after a restart", [&] { return w.jobs("status = 'completed'") == 7; });
  CHECK(w.jobs("kie_api_key = '" + first + "'") == 1);
  const auto list = w.verb({"keys", "list", "--json"});
  CHECK(list.output.find("kie-secret") == std::string::npos);
  CHECK(json::parse(list.output)["keys"].size() == 2);
  w.pull({"keys", "resume", first});
  w.add_jobs(4);
  wait_until("the first key again", [&] { return w.jobs("kie_api_key = '" + first + "'") > 1; });
  w.db.check_promises();
}

TEST_CASE("e2e: a drained node gives its jobs back, stays idle after a restart, and is undrained") {
  lever_world w;
  w.services.post("settings", {{"kie_time", 40'000}});
  auto& node = w.start_node();
  w.order(7);
  w.expect(7, "🎬 Генерация запущена!");
  const auto name = w.db.value("SELECT name FROM nodes");
  const auto roles = [&] {
    return w.db.value("SELECT roles FROM nodes WHERE left_at IS NULL AND fenced_at IS NULL");
  };
  const auto all = roles();
  const auto asked = w.verb({"nodes", "drain", name, "--reason=test"});
  CHECK(asked.code == 2); // it is the only one
  CHECK(asked.output.find("--yes") != std::string::npos);
  w.pull({"nodes", "drain", name, "--yes"});
  wait_until("nothing runs but the coordinator", [&] { return roles() == "coordinator"; });
  CHECK(w.jobs("status = 'queued' AND kie_task_id IS NOT NULL") == 1);
  w.restart(node);
  w.wait_for_claims();
  CHECK(roles() == "coordinator");
  CHECK(w.jobs("status = 'queued'") == 1);
  CHECK(w.paused()["nodes"][0]["name"] == name);
  w.pull({"nodes", "undrain", name});
  wait_until("all roles again", [&] { return roles() == all; });
  w.expect(7, ready, 90s);
  CHECK(w.db.number("SELECT count(*) FROM job_tasks") == 1); // it was not paid for again
  w.db.check_promises();
}

TEST_SUITE_END();
