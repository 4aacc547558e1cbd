#include "tests/cluster/cluster.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

// A cluster from the file that ships, worked by operators on any of its hosts.

using namespace neurocards::test::cluster;
using nlohmann::json;
using words = std::vector<std::string>;

namespace {

const entries hosts{{"bot", {"gateway", "notifier", "coordinator"}},
                    {"worker-1", {"worker"}},
                    {"worker-2", {"worker"}}};

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto position = text.find(from);
  REQUIRE_MESSAGE(position != std::string::npos, from);
  text.replace(position, from.size(), to);
}

struct shipped_world : world {
  shipped_world() : world(hosts) {
    auto times = short_times();
    // of six jobs at least two on each worker
    replace(times, "claim-interval = 200ms", "claim-interval = 200ms, concurrency = 4");
    for (const auto& x : hosts)
      write_text(x.name, shipped(x.name) + times + "log { level = \"warn\" }\n");
    services->post("settings", {{"kie_time", 1'500}});
    for (const auto& x : hosts)
      launch(x.name);
    for (const auto& x : hosts)
      wait(x.name + " to be connected", [&] { return connection("bot", x.name) == "connected"; });
    crowd(6, 1, 1);
    insatiable = true;
    wait("both workers to work",
         [this] { return in_flight("worker-1") > 0 && in_flight("worker-2") > 0; });
  }

  /// deploy/cluster.conf as docs/operations.md has it for several hosts: their addresses, and TLS.
  std::string shipped(const std::string& host) {
    std::ifstream in{neurocards::test::in_source("deploy/cluster.conf")};
    std::ostringstream out;
    out << in.rdbuf();
    auto text = out.str();
    for (const auto& x : hosts)
      replace(text, "name = \"" + x.name + R"(", host = "127.0.0.1")",
              "name = \"" + x.name + R"(", host = ")" + net().address_of(x.name) + '"');
    const auto& own = own_papers(host);
    replace(text, "# tls {", "tls {");
    replace(text, "/etc/neurocards/node.pem", own.certificate);
    replace(text, "/etc/neurocards/node.key", own.key);
    replace(text, "/etc/neurocards/ca.pem", own.ca);
    replace(text, "/var/neurocards/data", own.ca + ".storage"); // one place for all hosts
    replace(text, "# begin of cluster.conf\n", "");
    replace(text, "# end of cluster.conf\n", "");
    return text;
  }

  void pull(const std::string& host, words lever) {
    lever.emplace_back("--reason=test");
    const auto got = verb(host, lever);
    CHECK_MESSAGE(got.code == 0, got.output);
  }

  json status_on(const std::string& host) {
    return json::parse(verb(host, {"status", "--json"}).output);
  }

  int64_t held_by(const std::string& node) {
    return db.number("SELECT count(*) FROM jobs j JOIN nodes n ON n.incarnation = j.claimed_by "
                     "WHERE n.name = '"
                     + node + "'");
  }

  int64_t released_by(const std::string& node) {
    return db.number("SELECT count(*) FROM job_events WHERE what = 'released' AND node = '" + node
                     + "'");
  }

  void wait_for_orders() {
    const auto before = videos();
    wait("videos to go on", [&] { return videos() > before + 8; });
  }
};

/// Five settings of five kinds, in place of what stood there.
std::string changed(std::string text) {
  replace(text, "welcome = 100000", "welcome = 4711");
  replace(text, "claim-interval = 200ms", "claim-interval = 200ms, concurrency = 7");
  replace(text, "kie {\n", R"(kie {
  models = [{ slug = "wan/2-6-image-to-video", name = "Wan 2.6", image-field = "image_urls",
    duration-field = "duration", duration = 15, input = { resolution = "720p" }, prompt-limit = 5000 }],
)");
  return text + "terms { support = \"@night_shift\" }\nlog { level = \"info\" }\n";
}

/// Every video of one task, at the first attempt.
void end_well(world& w) {
  const auto bill = w.finish();
  CHECK(bill.tasks == w.placed());
  CHECK(bill.twice == 0);
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
}

} // namespace

TEST_SUITE_BEGIN("cluster/operators");

TEST_CASE_FIXTURE(shipped_world, "cluster: a worker of the shipped cluster is drained from another "
                                 "host under load, no job is lost or repeated") {
  hold_tasks();
  wait("tasks that do not end on both",
       [this] { return in_flight("worker-1") > 1 && in_flight("worker-2") > 1; });
  const auto gave_back = released_by("worker-1");
  pull("worker-2", {"nodes", "drain", "worker-1", "--yes"});
  wait("worker-1 to give everything back", [this] { return held_by("worker-1") == 0; });
  CHECK(released_by("worker-1") > gave_back);
  const auto paused = status_on("worker-1")["paused"]["nodes"];
  REQUIRE(paused.size() == 1);
  CHECK(paused[0]["name"] == "worker-1");
  CHECK(paused[0]["reason"] == "test");
  finish_tasks();
  wait_for_orders();
  CHECK(held_by("worker-1") == 0);

  pull("worker-1", {"nodes", "undrain", "worker-1"});
  wait("worker-1 to work again", [this] { return in_flight("worker-1") > 0; });
  pull("bot", {"nodes", "drain", "worker-1", "--yes"}); // now with tasks being created and ending
  wait("worker-1 to be empty again", [this] { return held_by("worker-1") == 0; });
  wait_for_orders();
  CHECK(held_by("worker-1") == 0);
  pull("worker-2", {"nodes", "undrain", "worker-1"});
  wait("worker-1 to work at last", [this] { return in_flight("worker-1") > 0; });
  CHECK(status_on("worker-2")["paused"]["nodes"].empty());
  end_well(*this);
}

TEST_CASE_FIXTURE(shipped_world,
                  "cluster: operators pause the queue, a key and a model from any host") {
  pull("worker-1", {"queue", "pause"});
  CHECK(status_on("bot")["paused"]["queue"]["reason"] == "test");
  wait("nothing to be in the making",
       [this] { return held_by("worker-1") + held_by("worker-2") == 0; });
  const auto made = tasks();
  wait("orders to wait",
       [this] { return db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") > 3; });
  CHECK(tasks() == made);
  const auto model = db.value("SELECT model FROM jobs WHERE model IS NOT NULL LIMIT 1");
  pull("bot", {"models", "pause", model});
  CHECK(status_on("worker-2")["paused"]["models"][0]["model"] == model);
  pull("worker-2", {"queue", "resume"});
  wait("another model", [&] {
    return db.number("SELECT count(*) FROM jobs WHERE status = 'completed' AND model <> '" + model
                     + "'")
           > 3;
  });
  pull("worker-2", {"models", "resume", model});
  const auto key = db.value("SELECT fingerprint FROM kie_keys LIMIT 1");
  pull("worker-1", {"keys", "pause", key});
  CHECK(status_on("bot")["paused"]["keys"][0]["fingerprint"] == key);
  pull("bot", {"keys", "resume", key});
  wait_for_orders();
  const auto paused = status_on("worker-1")["paused"];
  CHECK(paused["queue"].is_null());
  CHECK(paused["models"].empty());
  CHECK(paused["keys"].empty());
  CHECK(db.number("SELECT count(*) FROM operator_actions WHERE reason = 'test'") == 6);
  end_well(*this);
}

TEST_CASE_FIXTURE(
  shipped_world,
  "cluster: five settings of the shipped cluster change on every host by one reload") {
  for (const auto& x : hosts)
    write_text(x.name, changed(shipped(x.name) + short_times()));
  const auto got = verb("worker-2", {"reload"});
  CHECK_MESSAGE(got.code == 0, got.output);
  const auto config = status_on("worker-1")["config"];
  CAPTURE(config.dump());
  const words five{"credits.welcome", "kie.models", "log.level", "terms.support",
                   "worker.concurrency"};
  REQUIRE(config["nodes"].size() == hosts.size());
  for (const auto& node : config["nodes"])
    CHECK(node["changed"].get<words>().size() == five.size());
  CHECK(config["changed"].get<words>() == five);
  CHECK(config["needs_restart"].empty());
  CHECK(config["differ"].empty());

  wait("the new capacity", [this] {
    return db.number("SELECT count(*) FROM nodes WHERE stats->>'capacity' = '7'") == 2;
  });
  wait("the new model", [this] {
    return db.number("SELECT count(*) FROM jobs WHERE model = 'wan/2-6-image-to-video'") > 5;
  });
  constexpr int64_t newcomer = 900;
  services->post("send", {{"user", newcomer}, {"text", "/start"}});
  wait("the terms", [&] { return services->press(newcomer, "✅ Принимаю условия"); });
  wait("the new welcome", [this] {
    return db.number("SELECT count(*) FROM users WHERE tg_user_id = 900 AND credits = 4711") == 1;
  });
  services->post("send", {{"user", newcomer}, {"text", "/support"}});
  wait("the new address", [&] {
    const auto said = services->said_to(newcomer);
    return !said.empty() && said.back().find("@night_shift") != std::string::npos;
  });
  for (const auto& x : hosts)
    CHECK_FALSE(logged(x.name, "run.reopened_log")); // it was too little before
  reread("bot");                                     // the leading coordinator tells the others
  for (const auto& x : hosts)
    wait(x.name + " to log more", [&] { return logged(x.name, "run.reopened_log"); });
  end_well(*this);
}

TEST_SUITE_END();
