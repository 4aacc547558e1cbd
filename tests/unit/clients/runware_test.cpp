#include "clients/runware.hpp"
#include "domain/models.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

constexpr const char* ours = "0b6c5f0e-3f43-4a57-9d0b-0f2a4c9d8e11";

http::response answered(int status, const std::string& body) {
  http::response x;
  x.outcome = http::outcome::answered;
  x.status = status;
  x.body = body;
  return x;
}

const config::model& shipped_model() {
  for (const auto& x : models::shipped())
    if (x.provider == "runware")
      return x;
  FAIL("no model of Runware is shipped");
  return models::shipped().front();
}

std::string error_body(const std::string& code, const std::string& task = ours) {
  return R"({"errors":[{"code":")" + code + R"(","message":"words","taskUUID":")" + task + "\"}]}";
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/runware");

TEST_CASE("runware: a creation has the fields of the reference, and the photo inside") {
  const auto body = nlohmann::json::parse(runware::creation_body(
    {shipped_model(), "A hand turns the mug.", "data:image/jpeg;base64,AAAA", "", ours}));
  REQUIRE(body.is_array());
  REQUIRE(body.size() == 1);
  CHECK(body.front()
        == nlohmann::json{
          {"taskType", "videoInference"},
          {"taskUUID", ours},
          {"model", "bytedance:seedance@2.0"},
          {"positivePrompt", "A hand turns the mug."},
          {"duration", 15},
          {"resolution", "720p"},
          {"settings", {{"audio", true}}},
          {"inputs",
           {{"frameImages", nlohmann::json::array({nlohmann::json{
                              {"image", "data:image/jpeg;base64,AAAA"}, {"frame", "first"}}})}}},
          {"outputType", "URL"},
          {"outputFormat", "MP4"},
          {"deliveryMethod", "async"},
          {"includeCost", true},
          {"numberResults", 1}});
}

TEST_CASE("runware: a creation is accepted by its UUID, also by one that was used before") {
  const auto made = [](const http::response& got) {
    const auto result = runware::parse_created(got, ours);
    const auto* task = std::get_if<provider::created>(&result);
    return task != nullptr && task->task.value == ours;
  };
  CHECK(made(answered(200, R"({"data":[{"taskType":"videoInference","taskUUID":")"
                             + std::string{ours} + "\"}]}")));
  CHECK(made(answered(400, error_body("conflictTaskUUID"))));
  CHECK_FALSE(made(answered(400, error_body("conflictTaskUUID", "of-somebody-else"))));
  CHECK_FALSE(made(answered(400, error_body("invalidParameter"))));
  CHECK_FALSE(made(answered(200, R"({"data":[]})")));
  CHECK_FALSE(made(answered(503, "<html>")));
}

TEST_CASE("runware: a look tells success, failure, and nothing of a task that may be unknown") {
  const auto look = [](const http::response& got) {
    return runware::parse_poll(got, task_id{ours});
  };
  const auto data = [](const std::string& more) {
    return R"({"data":[{"taskUUID":")" + std::string{ours} + "\"," + more + "}]}";
  };
  const auto done = look(
    answered(200, data(R"("status":"success","videoURL":"https://im.example/1.mp4","cost":2.4)")));
  REQUIRE(std::holds_alternative<provider::succeeded>(done));
  CHECK(std::get<provider::succeeded>(done).url == "https://im.example/1.mp4");
  CHECK(std::get<provider::succeeded>(done).cost == 2.4);
  CHECK(std::holds_alternative<provider::in_progress>(
    look(answered(200, data(R"("status":"processing")")))));
  CHECK(std::holds_alternative<provider::in_progress>(look(answered(200, R"({"data":[]})"))));
  CHECK(std::holds_alternative<provider::without_result>(
    look(answered(200, data(R"("status":"success")")))));
  const auto failed = look(answered(200, error_body("promptBlocked")));
  REQUIRE(std::holds_alternative<provider::failed>(failed));
  CHECK(std::get<provider::failed>(failed).reason.fail_code == "promptBlocked");
  for (const auto* code : {"providerRateLimitExceeded", "inferenceRateLimitExceeded"}) {
    CAPTURE(code); // of the task: no question about it is limited by its maker
    CHECK(std::holds_alternative<provider::failed>(look(answered(200, error_body(code)))));
  }
  for (const auto& got : {answered(429, error_body("rateLimitExceeded")), answered(503, "<html>"),
                          answered(200, error_body("invalidApiKey")), answered(200, "{")})
    CHECK(std::holds_alternative<provider::poll_failed>(look(got)));
}

TEST_CASE("runware: the probe is a free question, answered also by not knowing the task") {
  const auto runware = runware::service("https://api.example/v1", 5s);
  const auto request = runware.probe(secret{"key"});
  CHECK(request.url == "https://api.example/v1");
  CHECK(request.body.find("getResponse") != std::string::npos);
  CHECK_FALSE(runware.read_probe(answered(200, R"({"data":[]})")));
  CHECK_FALSE(runware.read_probe(answered(400, error_body("taskNotFound", ""))));
  CHECK(runware.read_probe(answered(401, error_body("invalidApiKey", ""))));
  CHECK(runware.read_probe(answered(503, "<html>")));
}

TEST_CASE("runware: every request goes out through the proxy") {
  const std::string proxy = "http://relay.example:3128";
  const auto x = runware::service("https://api.example/v1", 5s, proxy);
  const secret key{"key"};
  CHECK(x.create(key, {shipped_model(), "a mug", "data:image/jpeg;base64,AA==", "", ours}).proxy
        == proxy);
  CHECK(x.poll(key, task_id{ours}).proxy == proxy);
  CHECK(x.probe(key).proxy == proxy);
}

TEST_SUITE_END();
