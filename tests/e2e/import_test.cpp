#include "clients/crypto.hpp"
#include "tests/support/drawn_pictures.hpp"
#include "tests/support/old_bot.hpp"
#include "tests/support/world.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// Not with our first key.
const std::vector<std::string> headers{"Authorization: Bearer kie-secret-two",
                                       "Content-Type: application/json", "User-Agent: the old bot"};

/// A photo that KIE has, as the old program's would have been fetched.
std::string uploaded_photo(sandbox_process& services) {
  const auto answer = web_post(
    services.url() + "/api/file-base64-upload",
    json{{"base64Data", "data:image/png;base64,"
                          + neurocards::crypto::base64(neurocards::test::drawn::picture(".png"))},
         {"uploadPath", "photos"},
         {"fileName", "bag.png"}}
      .dump(),
    headers);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return json::parse(answer.body)["data"]["downloadUrl"];
}

/// A task that the old program has created: KIE works on it.
std::string live_task(sandbox_process& services) {
  const auto answer = web_post(services.url() + "/api/v1/jobs/createTask",
                               json{{"model", "sora-2-image-to-video"},
                                    {"input",
                                     {{"prompt", "A bag."},
                                      {"image_urls", {uploaded_photo(services)}},
                                      {"aspect_ratio", "portrait"},
                                      {"n_frames", "15"}}}}
                                 .dump(),
                               headers);
  INFO(answer.body);
  const auto body = json::parse(answer.body);
  REQUIRE(body["code"] == 200);
  return body["data"]["taskId"];
}

/// Everybody who has written to the old bot, so that the bot may write to them.
void introduce(world& w, old_installation& old) {
  for (const auto& row :
       old.db.sql("SELECT tg_user_id FROM users UNION SELECT tg_user_id FROM jobs"))
    w.services.post("users", {{"id", row[0].as<int64_t>()}, {"started", true}});
}

} // namespace

TEST_SUITE_BEGIN("e2e/import");

TEST_CASE(
  "e2e: what the old bot left is finished: its live task delivered, each waiting job made once") {
  old_installation old;
  world w;
  w.services.post("settings", {{"kie_time", 8'000}});
  const auto task = live_task(w.services);
  w.services.post("settings", {{"kie_time", 1'000}});
  old.db.sql("UPDATE jobs SET kie_task_id = '" + task + "' WHERE kie_task_id = 'task-0009'");
  introduce(w, old);
  w.variables = old.variables();
  const auto imported = w.verb({"import", "--storage.path=" + w.folder().file("data")});
  CAPTURE(imported.output);
  REQUIRE(imported.code == 0);
  CHECK(w.verb({"audit"}).code == 0);
  w.start_node();
  const auto started = std::chrono::steady_clock::now();
  wait_until("the end of all jobs", [&] {
    return w.db.number("SELECT count(*) FROM jobs WHERE finished_at IS NULL") == 0;
  });
  w.wait_for_marks();
  CHECK(w.db.value("SELECT status || ' ' || attempts || ' ' || kie_task_id FROM jobs WHERE "
                   "idempotency_key LIKE 'import:%0009'")
        == "completed 1 " + task);
  CHECK(w.services.get("tasks").at("count") == 1 + 6); // the live one, and one for each that waited
  const std::map<int64_t, int> videos{{900000001, 2}, {900000003, 2},  {900000006, 1},
                                      {900009999, 1}, {7000000007, 1}, {900000002, 0},
                                      {900000004, 0}, {900000005, 0}};
  for (const auto& [user, count] : videos) {
    CAPTURE(user);
    CHECK(w.times_said(user, "✅ Видео готово!") == count);
  }
  for (const int64_t user : {900000003, 900000004, 900000005}) // what could not go on
    CHECK(w.times_said(user, "❌") == 1);
  CHECK(w.services.said_to(900000002).empty());
  // For half a minute after its start the audit is empty whenever it looks.
  do
    CHECK(w.verb({"audit"}).code == 0);
  while (std::chrono::steady_clock::now() < started + 30s);
  CHECK(w.services.get("tasks").at("count") == 1 + 6);
  w.db.check_promises();
}

TEST_SUITE_END();
