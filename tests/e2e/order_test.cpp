#include "tests/e2e/both_modes.hpp"
#include "tests/support/folders.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct one_node : world {
  explicit one_node(updates_by mode = updates_by::polling) : world(mode) {}
  process& node = start_node({"--credits.welcome=5"});
};

struct one_node_in_each_mode : one_node {
  one_node_in_each_mode() : one_node(each_mode()) {}
};

} // namespace

TEST_SUITE_BEGIN("e2e/order");

TEST_CASE_FIXTURE(one_node_in_each_mode, "e2e: a photo in, a video out") {
  photo = "jpeg";
  order(7);
  expect(7, "✅ Принял! 1 видео запущена");
  expect(7, "🎬 Генерация запущена!");
  expect(7, "✅ Видео готово!");
  CHECK(db.value("SELECT status FROM jobs") == "completed");
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 4);
  CHECK(times_said(7, "✅ Видео готово!") == 1);
  // The address is one of our storage, not KIE's, and the whole video is there.
  const auto kept = db.value("SELECT video_url FROM jobs");
  CHECK(kept == "videos/" + db.value("SELECT id FROM jobs") + ".mp4");
  std::ifstream file{folder().file("data/" + kept), std::ios::binary};
  const std::string video{std::istreambuf_iterator<char>{file}, {}};
  CHECK(std::to_string(video.size()) == db.value("SELECT video_bytes FROM jobs"));
  CHECK(video.substr(4, 4) == "ftyp");
  const auto tasks = services.get("tasks");
  CHECK(tasks.at("count") == 1);
  const auto& request = tasks.at("tasks")[0].at("request");
  CHECK(request.at("model") == "sora-2-image-to-video");
  const auto& input = request.at("input");
  CHECK(input.at("prompt") == db.value("SELECT prompt FROM jobs"));
  CHECK(input.at("remove_watermark") == true);
  CHECK(input.at("n_frames") == "15");
  CHECK(input.at("aspect_ratio") == "portrait");
  CHECK(input.at("image_urls").size() == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: three videos are one order, one photo and three charges") {
  order(7, 3);
  expect(7, "✅ Принял! 3 видео запущена");
  wait_until("three videos", [&] { return times_said(7, "✅ Видео готово!") == 3; });
  CHECK(db.number("SELECT count(DISTINCT product_image_url) FROM jobs") == 1);
  CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'charge'") == 3);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 2);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: an order has one card, edited in place until all is done") {
  services.post("settings", {{"kie_time", 8'000}});
  order(7, 3);
  expect(7, "📋 Ваш заказ\n🎬 снимается: 3");
  expect(7, "📋 Ваш заказ\n✅ готово: 3");
  CHECK(times_said(7, "📋 Ваш заказ") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node_in_each_mode, "e2e: pressing the confirmation twice orders once") {
  order(7);
  expect(7, "✅ Принял! 1 видео запущена");
  services.press(7, "🚀 Запустить");
  expect(7, "✅ Видео готово!");
  CHECK(db.number("SELECT count(*) FROM jobs") == 1);
  db.check_promises();
}

TEST_CASE("e2e: an order larger than the balance waits for credits and is not asked for again") {
  world w;
  w.start_node({"--credits.welcome=2"});
  w.order(7, 5);
  w.expect(7, "❌ Недостаточно кредитов");
  CHECK(w.db.number("SELECT count(*) FROM jobs") == 0);
  CHECK(w.verb({"users", "grant", "7", "3", "--reason=test"}).code == 0);
  w.expect(7, "🎁");
  w.services.post("send", {{"user", 7}, {"text", "/menu"}});
  wait_until("the draft",
             [&] { return w.services.press(7, "▶️ Продолжить заказ"); });
  wait_until("the launch", [&] {
    w.services.press(7, "🚀 Запустить 5 видео");
    return w.times_said(7, "✅ Принял! 5 видео запущена") == 1;
  });
  wait_until("five videos", [&] { return w.times_said(7, "✅ Видео готово!") == 5; });
  CHECK(w.db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 0);
  CHECK(w.db.number("SELECT count(DISTINCT product_image_url) FROM jobs") == 1);
  w.db.check_promises();
}

TEST_CASE_FIXTURE(one_node,
                  "e2e: KIE's refusal of the picture gives the credit back and says why") {
  services.post("script", {{"service", "kie"},
                           {"operation", "task"},
                           {"fail_code", "422"},
                           {"fail_msg", "This content may violate our guardrails."}});
  order(7);
  expect(7, "❌ Не получилось с данной картинкой/описанием. 1 кредит вернулся ✅");
  CHECK(db.value("SELECT status FROM jobs") == "failed");
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 5);
  CHECK(services.get("tasks").at("count") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: what KIE takes for a video is kept with its job, and summed up") {
  order(7, 3);
  wait_until("three videos", [&] { return times_said(7, "✅ Видео готово!") == 3; });
  CHECK(db.number("SELECT count(*) FROM jobs WHERE cost = 0.15") == 3); // 30 credits of 0.005 $
  const auto told = verb({"status"});
  CHECK(std::regex_search(
    told.output,
    std::regex{R"(sora-2-image-to-video +3 +0 +0 +0\.45 \$ +0\.00 \$ +-0\.45 \$)"})); // given
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node,
                  "e2e: a photo that KIE refuses costs one attempt, and its user hears what is "
                  "wrong with it") {
  const std::pair<const char*, const char*> table[] = {
    {"Image dimensions must be at least 300px", "слишком маленький"},
    {"image aspect ratio must be between 0.4 and 2.5", "слишком вытянутый"},
    {"Image format is not supported", "JPEG"},
    {"InputImageSensitiveContentDetected.PrivacyInformation", "человек"}};
  int64_t user = 7;
  for (const auto& [refusal, advice] : table) {
    CAPTURE(refusal);
    services.post(
      "script",
      {{"service", "kie"}, {"operation", "createTask"}, {"code", 422}, {"message", refusal}});
    order(user);
    expect(user, "❌ Не получилось с данной картинкой/описанием. 1 кредит вернулся ✅");
    const auto said = services.said_to(user);
    CHECK(std::ranges::any_of(
      said, [&](const std::string& x) { return x.find(advice) != std::string::npos; }));
    const auto of_user = " WHERE tg_user_id = " + std::to_string(user);
    CHECK(db.number("SELECT attempts FROM jobs" + of_user) == 1);
    CHECK(db.value("SELECT error_details->>'class' FROM jobs" + of_user) == "USER_VIOLATION");
    CHECK(db.number("SELECT credits FROM users" + of_user) == 5);
    ++user;
  }
  CHECK(services.get("tasks").at("count") == 0);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: a service that fails three times ends in one refund") {
  services.post("script", {{"service", "kie"},
                           {"operation", "createTask"},
                           {"count", 0},
                           {"code", 500},
                           {"message", "Internal Error, Please try again later."}});
  order(7);
  expect(7, "⏳ Sora 2 перегружена. Пробуем снова (попытка 2/3)...");
  expect(7, "⏳ Sora 2 перегружена. Пробуем снова (попытка 3/3)...");
  expect(7, "❌ Sora 2 не может обработать. 1 кредит вернулся на баланс ✅");
  CHECK(db.number("SELECT attempts FROM jobs") == 3);
  const auto calls = services.get("calls?service=kie&operation=createTask").at("counters");
  CHECK(calls.at("kie.createTask").at("total") == 3);
  CHECK(calls.at("kie.createTask").at("codes") == nlohmann::json{{"500", 3}});
  CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: each completed job leaves one line in the log, with its fields") {
  order(7, 3);
  wait_until("three videos", [&] { return times_said(7, "✅ Видео готово!") == 3; });
  std::map<std::string, int> lines; // by job
  std::istringstream log{node.output()};
  static const std::regex job{R"(\bjob=([0-9a-f-]{36})\b)"};
  for (std::string line; std::getline(log, line);) {
    if (line.find("job.completed") == std::string::npos)
      continue;
    CAPTURE(line);
    std::smatch found;
    REQUIRE(std::regex_search(line, found, job));
    ++lines[found[1].str()];
    CHECK(std::regex_search(line, std::regex{R"(message="?✅ Job completed"?)"}));
    CHECK(std::regex_search(line, std::regex{R"(\buser=7\b)"}));
    CHECK(std::regex_search(line, std::regex{R"(\bmodel=[\w-]+)"}));
    CHECK(std::regex_search(line, std::regex{R"(\bseconds=[0-9.]*[1-9][0-9.]*)"}));
    CHECK(std::regex_search(line, std::regex{R"(\bbytes=[1-9][0-9]*)"}));
  }
  CHECK(lines.size() == 3);
  for (const auto& [id, count] : lines) {
    CHECK(count == 1);
    CHECK(db.value("SELECT status FROM jobs WHERE id = '" + id + "'") == "completed");
  }
}

TEST_CASE_FIXTURE(one_node,
                  "e2e: a paused model hands over to the next one without using an attempt") {
  services.post("script", {{"service", "kie"},
                           {"operation", "createTask"},
                           {"count", 0},
                           {"code", 500},
                           {"match", {{"model", "sora-2-image-to-video"}}},
                           {"message", "This interface is temporarily paused."}});
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(db.number("SELECT attempts FROM jobs") == 1);
  CHECK(db.value("SELECT model FROM jobs") != "sora-2-image-to-video");
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: without OpenAI the built-in template writes the script") {
  services.post("script", {{"service", "openai"},
                           {"operation", "chat"},
                           {"count", 0},
                           {"status", 401},
                           {"code", "invalid_api_key"},
                           {"message", "Incorrect API key provided"}});
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(db.number("SELECT length(prompt) FROM jobs") > 100);
  CHECK(
    web_get(node_url() + "/metrics").body.find("neurocards_prompts_total{source=\"template\"} 1")
    != std::string::npos);
}

TEST_CASE_FIXTURE(one_node, "e2e: the owner's manual UPDATE refunds and tells the user") {
  services.post("settings", {{"kie_time", 60'000}});
  order(7);
  expect(7, "🎬 Генерация запущена!");
  db.sql("UPDATE jobs SET status='failed', error='timeout' WHERE tg_user_id = 7");
  expect(7, "❌ Sora 2 не может обработать. 1 кредит вернулся на баланс ✅");
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 5);
  db.check_promises();
}

TEST_CASE_FIXTURE(one_node, "e2e: health, metrics and status are seen from outside") {
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(web_get(node_url() + "/healthz").status == 200);
  const auto ready = web_get(node_url() + "/readyz");
  CHECK(ready.status == 200);
  CHECK(nlohmann::json::parse(ready.body).at("status") == "ok");
  CHECK(nlohmann::json::parse(ready.body).at("checks").at("database").at("ok") == true);
  const auto metrics = web_get(node_url() + "/metrics").body;
  CHECK(metrics.find("caf_actor_mailbox_size") != std::string::npos);
  CHECK(metrics.find("neurocards_kie_calls_total") != std::string::npos);
  wait_until("the status", [&] { return web_get(node_url() + "/api/status").status == 200; });
  wait_until("the node in it", [&] {
    const auto status = nlohmann::json::parse(web_get(node_url() + "/api/status").body);
    return status.contains("nodes") && status["nodes"].size() == 1;
  });
  const auto verb_status = verb({"status", "--json"});
  CHECK(verb_status.code == 0);
  CHECK(nlohmann::json::parse(verb_status.output).at("nodes").size() == 1);
  CHECK(verb({"audit"}).code == 0);
  const auto id = db.value("SELECT id FROM jobs");
  const auto timeline = verb({"jobs", "show", id});
  CHECK(timeline.code == 0);
  CHECK(timeline.output.find("completed") != std::string::npos);
  const auto shown = web_get(node_url() + "/api/jobs/" + id);
  REQUIRE(shown.status == 200);
  const auto history = nlohmann::json::parse(shown.body);
  CHECK(history.at("status") == "completed");
  CHECK(history.at("polls") >= 1);
  std::vector<std::string> kinds;
  for (const auto& x : history.at("events")) {
    kinds.push_back(x.at("kind"));
    CHECK_MESSAGE(x.at("node").is_string(), kinds.back());
  }
  CHECK(kinds
        == std::vector<std::string>{"ordered", "charged", "claimed", "script", "photo", "intent",
                                    "task", "result", "completed", "delivered"});
  CHECK(history.dump().find("\"prompt\":") == std::string::npos);
  CHECK(web_get(node_url() + "/api/jobs/" + id + "?texts=1").body.find("\"prompt\":")
        != std::string::npos);
}

TEST_CASE_FIXTURE(one_node,
                  "e2e: alerts and dashboard in deploy/ name only series that a node has") {
  order(7);
  expect(7, "✅ Видео готово!");
  const auto metrics = web_get(node_url() + "/metrics").body;
  // Not of a node without certificates, whose first audit is hours away.
  const std::set<std::string> later{"neurocards_audit_last_success_timestamp_seconds",
                                    "neurocards_promises_broken",
                                    "neurocards_certificate_expiry_timestamp_seconds"};
  static const std::regex series{R"(\b(?:neurocards|caf|process)_[a-z_]+)"};
  for (const auto* file : {"prometheus/alerts.yml", "grafana/neurocards.json"}) {
    std::ifstream in{neurocards::test::in_source(std::string{"deploy/"} + file)};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    std::set<std::string> names;
    for (std::sregex_iterator x{text.begin(), text.end(), series}, end; x != end; ++x)
      names.insert(x->str());
    CHECK(names.size() >= 9);
    for (const auto& name : names)
      CHECK_MESSAGE((later.contains(name) || metrics.find("\n" + name) != std::string::npos),
                    file << ": " << name);
  }
}

TEST_CASE("e2e: two hundred users order at once") {
  world all;
  all.start_node({"--credits.welcome=1"});
  constexpr int users = 200;
  std::vector<std::thread> people;
  std::atomic<int> next{1000};
  std::atomic<int> failed{0};
  for (int i = 0; i < 8; ++i) {
    people.emplace_back([&] {
      for (int user = next++; user < 1000 + users; user = next++) {
        try {
          all.order(user);
        } catch (const std::exception&) {
          ++failed;
        }
      }
    });
  }
  for (auto& person : people)
    person.join();
  CHECK(failed == 0);
  wait_until(
    "all videos",
    [&] { return all.db.number("SELECT count(*) FROM jobs WHERE status = 'completed'") == users; },
    120s);
  all.wait_for_marks();
  CHECK(all.db.number("SELECT sum(credits) FROM users") == 0);
  const auto tasks = all.services.get("tasks");
  CHECK(tasks.at("count") == users);
  int once = 0;
  for (int user = 1000; user < 1000 + users; ++user)
    once += all.times_said(user, "✅ Видео готово!") == 1 ? 1 : 0;
  CHECK(once == users);
  all.db.check_promises();
}

TEST_CASE("e2e: with a public address KIE fetches the photo from the node and calls back") {
  world w;
  const auto address = "127.0.0.1:" + std::to_string(neurocards::test::free_port());
  w.options[0] = "--http.listen=" + address;
  w.services.post("settings", {{"kie_time", 1'000}});
  w.start_node({"--http.public-url=http://" + address, "--kie.poll-interval=20s"});
  w.order(7);
  w.expect(7, "✅ Видео готово!", 15s); // long before the next look
  CHECK(
    w.services.get("calls?service=kie&operation=fetch").at("counters").at("kie.fetch").at("codes")
    == nlohmann::json{{"200", 1}});
  w.db.check_promises();
}

TEST_SUITE_END();
