#include "tests/unit/sandbox/fixture.hpp"

#include "sandbox/media/samples.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::simulated;

namespace {

const std::string create_path = "/api/v1/jobs/createTask";

std::string result_url(const json& data) {
  return json::parse(data["resultJson"].get<std::string>())["resultUrls"][0];
}

} // namespace

TEST_SUITE_BEGIN("unit/sandbox/kie");

TEST_CASE_FIXTURE(
  services, "kie: a task runs to success and its video can be fetched until its time is over") {
  control("settings", {{"kie_generating", 60'000}});
  const auto id = create();
  const auto begun = record(id)["data"];
  CHECK(begun["progress"].get<int>() < 100);
  CHECK(begun["resultJson"] == "");
  CHECK(json::parse(begun["param"].get<std::string>())["input"]["n_frames"] == "15");
  control("kie/end", {{"task", id}, {"state", "success"}});
  const auto ended = wait_for_state(id, "success");
  CHECK(ended["creditsConsumed"] == 30.0);
  const auto video = get(result_url(ended));
  CHECK(video.status == 200);
  CHECK(video.headers.at("content-type") == "video/mp4");
  CHECK(video.body == sample_video());
  const auto minted =
    kie("/api/v1/common/download-url", {{"url", result_url(ended)}})["data"].get<std::string>();
  control("advance", {{"ms", 20 * 60'000 + 1}});
  CHECK(get(minted).status == 403);
  CHECK(get(result_url(ended)).status == 200);
  control("advance", {{"ms", 86'400'000}});
  CHECK(get(result_url(ended)).status == 403);
  CHECK(kie("/api/v1/common/download-url", {{"url", "https://elsewhere/x.mp4"}})["code"] == 422);
}

TEST_CASE_FIXTURE(services, "kie: a new task is unknown for a moment") {
  control("settings", {{"kie_null", 60'000}});
  const auto id = create();
  CHECK(record(id) == json{{"code", 422}, {"msg", "recordInfo is null"}, {"data", nullptr}});
  CHECK(record("nonsense")["code"] == 422);
  CHECK(record("")["msg"] == "taskId parameter is required");
}

TEST_CASE_FIXTURE(services, "kie: requests are judged by their model's rules, before billing") {
  struct row {
    const char* change; // JSON merge patch of the input
    int code;
    const char* message;
  };
  const std::vector<row> rows{
    {R"({"prompt": null})", 500, "prompt is required"},
    {R"({"image_urls": null})", 500, "image_urls is required"},
    {R"({"image_urls": ["data:image/png;base64,AA"]})", 422,
     "image_urls must be a publicly accessible URL"},
    {R"({"image_urls": []})", 422, "image_urls must be a publicly accessible URL"},
    {R"({"image_urls": ["https://a.example/b.jpg?sig=1"]})", 422, "File type not supported"},
    {R"({"aspect_ratio": "9:16"})", 422, "aspect_ratio is not within the range of allowed options"},
    {R"({"n_frames": 15})", 422, "n_frames has the wrong type"},
    {R"({"n_frames": "12"})", 422, "n_frames is not within the range of allowed options"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.change);
    auto request = order();
    request["input"].merge_patch(json::parse(r.change));
    const auto answer = kie(create_path, request);
    CHECK(answer["code"] == r.code);
    CHECK(answer["msg"] == r.message);
  }
  auto request = order("sora-9");
  CHECK(kie(create_path, request)["msg"].get<std::string>().starts_with(
    "The model name you specified is not supported"));
  request = order();
  request["input"]["prompt"] = std::string(10'001, 'x');
  CHECK(kie(create_path, request)["code"] == 422);
  CHECK(kie("/api/v1/chat/credit", {}, "k1")["data"] == 1'000'000.0);
  CHECK(read("tasks")["count"] == 0);
}

TEST_CASE_FIXTURE(services, "kie: other models want other inputs") {
  json input{{"prompt", "A mug turns."}, {"first_frame_url", photo()}, {"duration", 15},
             {"aspect_ratio", "9:16"},   {"resolution", "720p"},       {"generate_audio", true}};
  const auto seedance = [&] {
    return kie(create_path, {{"model", "bytedance/seedance-2-fast"}, {"input", input}});
  };
  CHECK(seedance()["code"] == 200);
  input["duration"] = "15";
  CHECK(seedance()["msg"] == "duration has the wrong type");
  input["duration"] = 16;
  CHECK(seedance()["msg"] == "duration exceeds range");
  input["duration"] = 15;
  input["resolution"] = "720P"; // as another maker writes it
  CHECK(seedance()["msg"] == "resolution is not within the range of allowed options");
  input = {{"prompt", "A mug turns."}, {"first_frame_url", photo()}, {"resolution", "768P"}};
  const json without{{"model", "minimax-h3/image-to-video"}, {"input", input}};
  CHECK(kie(create_path, without)["msg"] == "duration is required");
}

TEST_CASE_FIXTURE(services, "kie: keys, robots and empty purses") {
  CHECK(post(base + create_path, order()).parsed()["code"] == 401);
  const auto robot = fetch({.url = base + "/api/v1/chat/credit",
                            .headers = {"Authorization: Bearer k1"},
                            .user_agent = ""});
  CHECK(robot.status == 403);
  CHECK(robot.body == "error code: 1010");
  control("kie/accounts",
          {{"accounts", {{{"name", "poor"}, {"keys", {"p1", "p2"}}, {"credits", 40}}}}});
  CHECK(kie(create_path, order(), "p1")["code"] == 200);
  const auto refused = kie(create_path, order(), "p2"); // the same purse
  CHECK(refused["code"] == 402);
  CHECK(refused["msg"].get<std::string>().starts_with("Credits insufficient"));
  control("settings", {{"kie_known_keys_only", true}});
  CHECK(kie(create_path, order(), "stranger")["code"] == 401);
}

TEST_CASE_FIXTURE(services, "kie: creations are limited per account, queries per key") {
  control("kie/accounts", {{"accounts", {{{"name", "a"}, {"keys", {"a1", "a2"}}}}}});
  control("settings", {{"kie_limits", true}, {"kie_creations", 2}, {"kie_queries", 1}});
  const auto request = order();
  CHECK(kie(create_path, request, "a1")["code"] == 200);
  CHECK(kie(create_path, request, "a2")["code"] == 200);
  CHECK(kie(create_path, request, "a1")["code"] == 429);
  CHECK(kie(create_path, request, "b")["code"] == 200);
  control("settings", {{"kie_queries", 0}});
  CHECK(record("x", "a1")["code"] == 429);
}

TEST_CASE_FIXTURE(services, "kie: tasks fail as a script says, and cost nothing then") {
  control(
    "script",
    {{{"service", "kie"},
      {"operation", "task"},
      {"fail_code", "Internal Error"},
      {"fail_msg", 500}},
     {{"service", "kie"}, {"operation", "task"}, {"fail_code", nullptr}, {"fail_msg", "flagged"}},
     {{"service", "kie"}, {"operation", "task"}, {"result_json", "{\"resultUrls\":[]}"}}});
  const auto swapped = wait_for_state(create(), "fail");
  CHECK(swapped["failCode"] == "Internal Error");
  CHECK(swapped["failMsg"] == 500);
  CHECK(wait_for_state(create(), "fail")["failCode"] == nullptr);
  CHECK(wait_for_state(create(), "success")["resultJson"] == "{\"resultUrls\":[]}");
  CHECK(wait_for_state(create(), "success")["resultJson"] != "{\"resultUrls\":[]}");
  const auto deadline =
    std::chrono::steady_clock::now() + patience; // the booking follows the state by a moment
  double left = 0;
  do
    left = kie("/api/v1/chat/credit", {})["data"];
  while (left != 1'000'000.0 - 2 * 30 && std::chrono::steady_clock::now() < deadline);
  CHECK(left == 1'000'000.0 - 2 * 30);
}

TEST_CASE_FIXTURE(services, "control: tasks can be picked and counted") {
  create();
  const auto second = create();
  CHECK(read("tasks?last=0") == json{{"count", 2}, {"tasks", json::array()}});
  CHECK(read("tasks?last=1")["tasks"][0]["task"] == second);
  CHECK(read("tasks?key=k1")["count"] == 2);
  CHECK(read("tasks?key=k2")["count"] == 0);
  CHECK(read("tasks?task=" + second)["tasks"][0]["request"]["model"] == "sora-2-image-to-video");
}

TEST_CASE_FIXTURE(services, "kie: a paused model is told with HTTP 200") {
  control("script", {{"service", "kie"},
                     {"operation", "createTask"},
                     {"match", {{"model", "sora-2-image-to-video"}}},
                     {"code", 500},
                     {"message", "This interface is temporarily paused."}});
  const auto paused = post(base + create_path, order(), {"Authorization: Bearer k1"});
  CHECK(paused.status == 200); // the code is in the body
  CHECK(paused.parsed()["code"] == 500);
  CHECK(paused.parsed()["msg"] == "This interface is temporarily paused.");
  CHECK(read("tasks")["count"] == 0);
}

TEST_CASE_FIXTURE(services, "kie: the photo is fetched, and what is no picture fails the task") {
  receiver owner; // answers {} to whoever asks
  auto request = order();
  request["input"]["image_urls"] = {owner.url()};
  const auto ended = wait_for_state(create(request), "fail");
  CHECK(ended["failMsg"] == "File type not supported");
  CHECK(owner.wait_for(1)[0].method == "GET");
  owner.answer_next({403});
  CHECK(wait_for_state(create(request), "fail")["failMsg"].get<std::string>().starts_with(
    "Failed to fetch the image"));
}

TEST_CASE_FIXTURE(services, "kie: uploads come back from their address, for a day") {
  const auto url = photo();
  CHECK(get(url).body == sample_jpeg());
  CHECK(get(url).headers.at("content-type") == "image/jpeg");
  control("advance", {{"ms", 86'400'001}});
  CHECK(get(url).status == 404);
  CHECK(kie("/api/file-base64-upload", {{"base64Data", "????"}, {"uploadPath", "x"}})["code"]
        == 400);
  const auto copied = kie("/api/file-url-upload", {{"fileUrl", photo()}, {"uploadPath", "copies"}});
  CHECK(get(copied["data"]["downloadUrl"]).body == sample_jpeg());
}

TEST_CASE_FIXTURE(services, "kie: callbacks are signed, and can be doubled, forged or dropped") {
  receiver bot_side;
  control("settings", {{"kie_hmac_key", "whk_test_0123456789"}});
  control("script", {{"service", "kie"}, {"operation", "callback"}, {"copies", 2}});
  auto request = order();
  request["callBackUrl"] = bot_side.url();
  const auto id = create(request);
  auto calls = bot_side.wait_for(2);
  REQUIRE(calls.size() == 2);
  const auto body = json::parse(calls[0].body);
  CHECK(body["code"] == 200);
  CHECK(body["data"]["taskId"] == id);
  CHECK(body["data"]["state"] == "success");
  CHECK(calls[0].header("X-Webhook-Signature").size() == 44);
  CHECK(calls[0].header("X-Webhook-Signature") == calls[1].header("X-Webhook-Signature"));
  control("kie/callback", {{"task", id}, {"forged", true}});
  calls = bot_side.wait_for(3);
  REQUIRE(calls.size() == 3);
  CHECK(calls[2].header("X-Webhook-Signature").size() == 44);
  CHECK(calls[2].header("X-Webhook-Signature") != calls[0].header("X-Webhook-Signature"));
}

TEST_CASE_FIXTURE(services,
                  "kie: a creation whose answer is lost is an orphan that still calls back") {
  receiver bot_side;
  control(
    "script",
    {{"service", "kie"}, {"operation", "createTask"}, {"how", "cut"}, {"takes_effect", true}});
  auto request = order();
  request["callBackUrl"] = bot_side.url();
  const auto lost = post(base + create_path, request, {"Authorization: Bearer k1"});
  CHECK(lost.code == CURLE_GOT_NOTHING);
  const auto calls = bot_side.wait_for(1);
  REQUIRE(calls.size() == 1);
  const auto tasks = read("tasks");
  REQUIRE(tasks["count"] == 1);
  CHECK(json::parse(calls[0].body)["data"]["taskId"] == tasks["tasks"][0]["task"]);
}

TEST_SUITE_END();
