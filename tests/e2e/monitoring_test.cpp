#include "tests/support/world.hpp"

#include <doctest/doctest.h>

// What an operator sees of jobs and keys while they are under way.

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// What psql prints for the owner's statement, letter by letter.
std::string psql(const world& w, const std::string& statement) {
  const auto file = w.folder().file("psql-" + neurocards::to_string(neurocards::uuid::random()));
  process run{"/usr/lib/postgresql/15/bin/psql", {"-At", "-c", statement, w.db.url()}, {}, file};
  REQUIRE(run.wait() == 0);
  return run.output();
}

std::string queued(const world& w) {
  return psql(w, "select count(*) from jobs where status='queued';");
}

std::string processing(const world& w) {
  return psql(w, "select count(*) from jobs where status='processing';");
}

/// The sample of /metrics that begins so; "" while there is none.
std::string sample(const world& w, const std::string& name) {
  const auto text = web_get(w.node_url() + "/metrics").body;
  const auto position = text.find("\n" + name + " ");
  if (position == std::string::npos)
    return {};
  const auto value = position + name.size() + 2;
  return text.substr(value, text.find_first_of(" \n", value) - value);
}

void wait_for_gauges(const world& w, const std::string& waiting, const std::string& under_way) {
  wait_until("the gauges " + waiting + " and " + under_way, [&] {
    return sample(w, "neurocards_jobs{status=\"queued\"}") == waiting
           && sample(w, "neurocards_jobs{status=\"processing\"}") == under_way;
  });
}

void end_tasks(world& w, size_t count) {
  const auto all = w.services.get("tasks").at("tasks");
  REQUIRE(all.size() == count);
  for (const auto& task : all)
    w.services.post("kie/end", {{"task", task.at("task")}, {"state", "success"}});
}

json keys(world& w) {
  const auto status = w.verb({"status", "--json"});
  REQUIRE(status.code == 0);
  return json::parse(status.output).at("keys");
}

int64_t cooling(const json& all) {
  return std::ranges::count_if(all, [](const json& key) { return key.at("resting") == true; });
}

} // namespace

TEST_SUITE_BEGIN("e2e/monitoring");

TEST_CASE("e2e: the owner's two counts hold while jobs are in flight, and the gauges equal them") {
  world w;
  w.services.post("settings", {{"kie_time", 3'600'000}}); // tasks end when we say so
  w.start_node({"--worker.concurrency=2", "--credits.welcome=5"});
  CHECK(queued(w) == "0\n");
  CHECK(processing(w) == "0\n");
  w.order(7, 5);
  wait_until("two tasks", [&] { return w.services.get("tasks").at("count") == 2; });
  CHECK(processing(w) == "2\n");
  CHECK(queued(w) == "3\n");
  wait_for_gauges(w, "3", "2");
  CHECK(processing(w) == "2\n"); // still: nothing ends by itself

  end_tasks(w, 2);
  wait_until("two more", [&] { return w.services.get("tasks").at("count") == 4; });
  CHECK(processing(w) == "2\n");
  CHECK(queued(w) == "1\n");
  wait_for_gauges(w, "1", "2");

  end_tasks(w, 4);
  wait_until("the last", [&] { return w.services.get("tasks").at("count") == 5; });
  end_tasks(w, 5);
  wait_until("five videos", [&] { return w.times_said(7, "✅ Видео готово!") == 5; });
  CHECK(queued(w) == "0\n");
  CHECK(processing(w) == "0\n");
  wait_for_gauges(w, "0", "0");
  w.db.check_promises();
}

TEST_CASE("e2e: status shows which key rests and why, and the other one goes on") {
  world w;
  w.services.post("settings", {{"kie_time", 500}});
  w.start_node({"--kie.key-cooldown=1h", "--credits.welcome=5"});
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  auto all = keys(w);
  CHECK(cooling(all) == 0);
  for (const auto& key : all)
    CHECK(key.at("rest_seconds").is_null());

  w.services.post("script", {{"service", "kie"},
                             {"operation", "createTask"},
                             {"match", {{"key", "kie-secret-one"}}},
                             {"count", 0},
                             {"code", 429},
                             {"message", "Your call frequency is too high."}});
  // In turn: at the latest the second order meets the limited key.
  for (const auto user : {8, 9}) {
    w.order(user);
    w.expect(user, "✅ Видео готово!");
  }
  all = keys(w);
  REQUIRE(all.size() == 2);
  REQUIRE(cooling(all) == 1);
  const auto& tired = all[0].at("resting") == true ? all[0] : all[1];
  const auto& ready = all[0].at("resting") == true ? all[1] : all[0];
  // What is recognised, in words of ours: the provider's may repeat a user's.
  const auto reason = tired.at("reason").get<std::string>();
  CHECK_MESSAGE(reason.ends_with("429: rate_limit"), reason);
  CHECK(tired.at("rest_seconds") > 3000);
  CHECK(tired.at("rest_seconds") <= 3600);
  CHECK(ready.at("rest_seconds").is_null());
  // A line per key in the text as well.
  const auto text = w.verb({"status"}).output;
  for (const auto* key : {&tired, &ready}) {
    const auto position = text.find("\n" + key->at("fingerprint").get<std::string>());
    REQUIRE(position != std::string::npos);
    const auto line = text.substr(position + 1, text.find('\n', position + 1) - position - 1);
    CAPTURE(line);
    CHECK((line.find(" cooling down ") != std::string::npos) == (key == &tired));
    CHECK((line.find(" ready") != std::string::npos) == (key == &ready));
    CHECK((line.find("rate_limit") != std::string::npos) == (key == &tired));
  }
  // The order that met it went on with the other key, and the limited one was asked once.
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE kie_api_key = '"
                    + tired.at("fingerprint").get<std::string>() + "' AND tg_user_id IN (8, 9)")
        == 0);
  CHECK(w.services.get("calls?service=kie&operation=createTask")
          .at("counters")
          .at("kie.createTask")
          .at("codes")
        == json{{"200", 3}, {"429", 1}});
  w.db.check_promises();
}

TEST_CASE("e2e: jobs of a killed worker are taken over within the lease, wherever they stood") {
  world w;
  w.services.post("settings", {{"kie_time", 3'600'000}}); // tasks end when we say so
  auto& first = w.start_node({"--credits.welcome=5"});
  w.order(1);
  w.expect(1, "🎬 Генерация запущена!"); // its task is polled
  w.services.post("script", {{"service", "openai"}, {"operation", "chat"}, {"how", "hang"}});
  w.order(2); // waits for its prompt
  const auto stands = [&](const std::string& condition) {
    return w.db.number("SELECT count(*) FROM jobs WHERE status = 'processing' AND " + condition);
  };
  wait_until("a job without a prompt", [&] {
    return stands("prompt IS NULL") == 1 && w.services.times_called("openai", "chat") >= 2;
  });
  w.services.post("script", {{"service", "kie"}, {"operation", "createTask"}, {"how", "hang"}});
  w.order(3); // is being created
  wait_until("an announced creation", [&] {
    return stands("intent_token IS NOT NULL AND kie_task_id IS NULL") == 1
           && w.services.times_called("kie", "createTask")
                == 2; // on its way: it hangs, none after it
  });
  const auto dead = w.db.value("SELECT incarnation FROM nodes");
  first.kill();
  const std::string beat = "heartbeat_at FROM nodes WHERE incarnation = '" + dead + "'";
  w.start_node({"--credits.welcome=5"});
  wait_until("nothing to be held by the dead", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE claimed_by = '" + dead + "'") == 0;
  });
  // The lease is 3 s; the next node looks every second, once it has started.
  CHECK(
    w.db.value("SELECT (SELECT min(created_at) FROM job_events WHERE what = 'rescued') - (SELECT "
               + beat + ") < interval '3 s' + interval '5 s'")
    == "t");
  CHECK(w.db.number("SELECT count(*) FROM job_events WHERE what = 'rescued'") == 3);
  wait_until("three tasks", [&] { return stands("kie_task_id IS NOT NULL") == 3; });
  wait_until("the gauge", [&] {
    return sample(w, "neurocards_oldest_processing_without_lease_seconds") == "0"
           && sample(w, "neurocards_jobs{status=\"processing\"}") == "3";
  });
  const auto status = json::parse(w.verb({"status", "--json"}).output);
  CHECK(status.at("queue").at("processing_without_lease") == 0);
  end_tasks(w, 3);
  for (const auto user : {1, 2, 3})
    w.expect(user, "✅ Видео готово!");
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == 3);
  CHECK(w.verb({"audit"}).code == 0);
}

TEST_SUITE_END();
