#include "tests/support/world.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

// Hostile surroundings: secrets that could leak, services that lie, a disk that is full.

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The command lines of all processes of this machine, PostgreSQL's among them.
std::string command_lines() {
  std::string result;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"})
    if (const auto name = entry.path().filename().string(); std::isdigit(name[0]) != 0)
      result += content_of(entry.path() / "cmdline") + '\n';
  return result;
}

std::string dump_of(world& w) {
  const auto file = w.folder().file("dump.sql");
  process dump{"/usr/lib/postgresql/15/bin/pg_dump", {"--inserts", w.db.url()}, {}, file};
  REQUIRE(dump.wait() == 0);
  return content_of(file);
}

/// How many files the node keeps for the moment.
int64_t temporary_files(world& w) {
  const std::filesystem::directory_iterator all{w.folder().file("data/.tmp")};
  return std::distance(begin(all), end(all));
}

std::string stored_video(world& w, int64_t user) {
  return content_of(
    w.folder().file("data") + "/"
    + w.db.value("SELECT video_url FROM jobs WHERE tg_user_id = " + std::to_string(user)));
}

/// The next calls of an operation go wrong, one after the other.
void lie(world& w, const char* service, const char* operation, const std::vector<json>& ways) {
  for (auto rule : ways) {
    rule["service"] = service;
    rule["operation"] = operation;
    w.services.post("script", rule);
  }
}

const json cut{{"how", "cut"}};
const json cut_body{{"how", "cut_body"}};
const json hang{{"how", "hang"}};
const json endless{{"how", "endless"}};
const json empty{{"how", "empty"}};
const json malformed{{"how", "malformed"}};
const json html{{"how", "html"}};

void set_short_limits(world& w) {
  for (const auto* x : {"--kie.download-timeout=2s", "--kie.http-timeout=1s", "--openai.timeout=1s",
                        "--telegram.http-timeout=3s", "--credits.welcome=5"})
    w.options.emplace_back(x);
}

} // namespace

TEST_SUITE_BEGIN("e2e/hardening");

TEST_CASE("e2e: no secret is in the log, the database or the metrics") {
  world w;
  const std::vector<std::string> values{
    "e2e-secret-token", "kie-secret-one",    "kie-secret-two",      "openai-secret",
    "database-secret",  "http-token-secret", "webhook-secret",      "kie-webhook-secret",
    "redis-secret",     "aws-secret",        "aws-access-identity", "http-reader-secret"};
  auto url = w.db.url();
  const auto position = url.find('@');
  REQUIRE(position != std::string::npos);
  w.variables = {{"DATABASE_URL", url.insert(position, ":database-secret")},
                 {"HTTP_TOKEN", "http-token-secret"},
                 {"HTTP_READ_TOKEN", "http-reader-secret"},
                 {"TELEGRAM_WEBHOOK_SECRET", "webhook-secret"},
                 {"KIE_WEBHOOK_KEY", "kie-webhook-secret"},
                 {"REDIS_URL", "redis://user:redis-secret@127.0.0.1:1/0"},
                 {"AWS_ACCESS_KEY_ID", "aws-access-identity"},
                 {"AWS_SECRET_ACCESS_KEY", "aws-secret"}};
  set_short_limits(w);
  // Addresses and headers with secrets in them are what errors like to quote.
  lie(w, "telegram", "*", {html, cut, hang, malformed});
  lie(w, "kie", "recordInfo", {cut, html, json{{"code", 401}, {"message", "no access"}}});
  lie(w, "openai", "chat", {json{{"status", 401}, {"message", "Incorrect API key provided"}}});
  auto& node = w.start_node({"--log.level=trace"});
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  auto text = command_lines();
  CHECK(text.find("neurocards") != std::string::npos);
  text += web_get(w.node_url() + "/metrics", {"Authorization: Bearer http-token-secret"}).body;
  text += web_get(w.node_url() + "/readyz").body;
  text += w.verb({"check"}).output + w.verb({"status"}).output;
  node.signal(SIGTERM);
  CHECK(node.wait() == 0);
  text += node.output() + dump_of(w);
  CHECK(text.find("job.completed") != std::string::npos);
  for (const auto& value : values)
    CHECK_MESSAGE(text.find(value) == std::string::npos,
                  value << " in: " << text.substr(text.find(value) - 100, 200));
}

TEST_CASE("e2e: whatever a download brings instead of a video, the order ends with the video") {
  world w;
  set_short_limits(w);
  w.services.post("settings", {{"kie_time", 500}});
  w.start_node();
  const json page{{"status", 200},
                  {"body", "<html>Please wait</html>"},
                  {"headers", {{"Content-Type", "video/mp4"}}}};
  const json moved{
    {"status", 302}, {"body", ""}, {"headers", {{"Location", "file:///etc/passwd"}}}};
  lie(w, "kie", "result", {cut_body, page});
  w.order(7);
  w.expect(7, "✅ Видео готово!");
  lie(w, "kie", "result", {endless, hang});
  w.order(8);
  w.expect(8, "✅ Видео готово!");
  lie(w, "kie", "result", {html, empty});
  w.order(9);
  w.expect(9, "✅ Видео готово!");
  for (const auto user : {7, 8, 9})
    CHECK(stored_video(w, user).substr(4, 4) == "ftyp");
  CHECK(w.services.get("tasks").at("count") == 3); // paid for once
  CHECK(w.db.number("SELECT max(attempts) FROM jobs") == 1);
  CHECK(w.db.number("SELECT sum(credits) FROM users") == 12);
  // A host that sends us elsewhere is not followed into our machine, and the user is not charged.
  lie(w, "kie", "result", {moved});
  w.order(10);
  w.expect(10, "❌");
  CHECK(w.db.value("SELECT status FROM jobs WHERE tg_user_id = 10") == "failed");
  CHECK(w.db.number("SELECT credits FROM users WHERE tg_user_id = 10") == 5);
  wait_until("no temporary file", [&] { return temporary_files(w) == 0; });
  w.db.check_promises();
}

TEST_CASE("e2e: services that lie, hang or never end delay an order and charge it once") {
  world w;
  set_short_limits(w);
  w.services.post("settings", {{"kie_time", 500}});
  lie(w, "telegram", "getUpdates", {endless, malformed, empty, html, cut_body});
  lie(w, "telegram", "getFile", {endless, malformed});
  lie(w, "telegram", "file", {cut_body}); // an endless one is too large a photo, and refused
  lie(w, "kie", "file-stream-upload", {endless, malformed});
  lie(w, "kie", "recordInfo", {endless, malformed, empty, html, hang, cut_body});
  lie(w, "openai", "chat", {endless, malformed, hang});
  w.start_node();
  wait_until(
    "an honest getUpdates",
    [&] {
      const auto calls =
        w.services.get("calls?service=telegram&operation=getUpdates").at("counters");
      return calls.contains("telegram.getUpdates")
             && calls.at("telegram.getUpdates").at("total").get<int>() > 5;
    },
    90s);
  w.order(7);
  w.expect(7, "✅ Видео готово!", 120s);
  CHECK(w.services.get("tasks").at("count") == 1);
  CHECK(w.db.number("SELECT credits FROM users") == 4);
  w.db.check_promises();
}

TEST_CASE("e2e: a full disk delays a video, and room is all it needs") {
  world w;
  set_short_limits(w);
  w.services.post("settings", {{"kie_time", 500}});
  auto& node = w.start_node();
  // A video larger than what the node may write into one file. (Its log is one, too.)
  const std::string head{"\0\0\0\x20"
                         "ftypisom",
                         12};
  w.services.post("script", {{"service", "kie"},
                             {"operation", "result"},
                             {"count", 0},
                             {"status", 200},
                             {"body", head + std::string(4 << 20, 'x')},
                             {"headers", {{"Content-Type", "video/mp4"}}}});
  rlimit before{};
  REQUIRE(prlimit(node.pid(), RLIMIT_FSIZE, nullptr, &before) == 0);
  const rlimit tight{2 << 20, before.rlim_max};
  REQUIRE(prlimit(node.pid(), RLIMIT_FSIZE, &tight, nullptr) == 0);
  w.order(7);
  wait_until("the operator to be told",
             [&] { return node.output().find("job.video_not_stored") != std::string::npos; });
  CHECK(w.db.value("SELECT status FROM jobs") == "processing");
  CHECK(w.db.number("SELECT attempts FROM jobs") == 1);
  REQUIRE(prlimit(node.pid(), RLIMIT_FSIZE, &before, nullptr) == 0);
  w.expect(7, "✅ Видео готово!");
  CHECK(stored_video(w, 7).size() == head.size() + (4 << 20));
  CHECK(w.services.get("tasks").at("count") == 1);
  CHECK(w.db.number("SELECT credits FROM users") == 4);
  CHECK(temporary_files(w) == 0);
  w.db.check_promises();
}

TEST_SUITE_END();
