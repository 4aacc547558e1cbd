#include "tests/support/worker_fixture.hpp"

// How the photo of a job comes to KIE: by a link of ours, or uploaded.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct photo_fixture : generation_fixture {
  photo_fixture() { web.says("kie.recordInfo", {generating()}); }

  /// A job whose prompt is written already.
  claimed_job ready_job(int attempts = 1) {
    auto result = fresh_job();
    result.prompt = "A hand turns the mug.";
    result.attempts = attempts;
    return result;
  }
};

constexpr auto not_fetched = R"({"code":422,"msg":"Failed to download the image from the url"})";

} // namespace

// ── by a link ────────────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/generation_photo");

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: uploads the photo when KIE cannot fetch it by a link") {
  web.says("kie.upload", {uploaded()});
  web.says("kie.createTask", {answered(200, not_fetched), created("task-1")});
  run(ready_job());
  CHECK(log.text()
        == "link_file record_intent kie.createTask open_file kie.upload record_intent "
           "kie.createTask record_task");
  const auto asked = web.of("kie.createTask");
  CHECK(asked.at(0).body.find(photo_link) != std::string::npos);
  CHECK(asked.at(1).body.find(photo_link) == std::string::npos);
}

TEST_CASE_FIXTURE(photo_fixture, "generation: does not upload twice what KIE cannot fetch anyhow") {
  web.says("kie.upload", {uploaded()});
  web.says("kie.createTask", {answered(200, not_fetched)});
  run(ready_job());
  CHECK(log.count("kie.upload") == 1);
  CHECK(log.count("kie.createTask") == 2);
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
}

TEST_CASE_FIXTURE(photo_fixture, "generation: gives KIE no link with a query: it refuses such") {
  photo_link = "https://bucket.example/photos/1.jpg?X-Amz-Signature=1";
  web.says("kie.upload", {uploaded()});
  run(ready_job());
  CHECK(log.text() == "link_file open_file kie.upload record_intent kie.createTask record_task");
  CHECK(web.of("kie.createTask").at(0).body.find("X-Amz") == std::string::npos);
}

TEST_CASE_FIXTURE(photo_fixture, "generation: uploads the photo when KIE says 451 to its link") {
  web.says("kie.upload", {uploaded()});
  web.says("kie.createTask", {answered(200, R"({"code":451,"msg":""})"), created("task-1")});
  run(ready_job());
  CHECK(log.count("kie.upload") == 1);
  CHECK(log.count("record_task") == 1);
  CHECK(log.count("retry_job") == 0);
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: fails a job at once when KIE refuses the photo, wherever it lies") {
  struct {
    const char* message;
    const char* steps;
  } const table[] = {
    {"image aspect ratio must be between 0.4 and 2.5",
     "link_file record_intent kie.createTask fail_job"},
    {"file_too_large", "link_file record_intent kie.createTask fail_job"},
    // A link may be at fault for this; what was uploaded to KIE is not.
    {"file type not supported",
     "link_file record_intent kie.createTask open_file kie.upload record_intent kie.createTask "
     "fail_job"}};
  for (const auto& x : table) {
    CAPTURE(x.message);
    log.clear();
    web.says("kie.upload", {uploaded()});
    web.says("kie.createTask",
             {answered(200, R"({"code":422,"msg":")" + std::string{x.message} + R"("})")});
    run(ready_job());
    CHECK(log.text() == x.steps);
    CHECK(db.last<store::fail_job>().reason.cls == failure_class::user_violation);
  }
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: fails a job at once when KIE's file host refuses the photo") {
  public_url = "";
  web.says("kie.upload", {answered(200, R"({"code":400,"msg":"file size exceeds 10MB"})")});
  run(ready_job());
  CHECK(log.text() == "open_file kie.upload fail_job");
  CHECK(db.last<store::fail_job>().reason.cls == failure_class::user_violation);
}

// ── uploaded ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: tries an upload three times, each with the next key") {
  public_url.clear();
  web.says("kie.upload", {answered(500, "{}"), failed(http::outcome::interrupted), uploaded()});
  run(ready_job());
  advance(10s);
  CHECK(log.text()
        == "open_file kie.upload open_file kie.upload open_file kie.upload "
           "record_intent kie.createTask record_task");
}

TEST_CASE_FIXTURE(photo_fixture, "generation: retries later when no upload succeeds") {
  public_url.clear();
  web.says("kie.upload", {failed(http::outcome::not_sent)});
  run(ready_job());
  advance(20s);
  CHECK(log.count("kie.upload") == 3);
  CHECK(log.count("record_intent") == 0);
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
}

TEST_CASE_FIXTURE(
  photo_fixture,
  "generation: cools down the key with which KIE refused uploads, not one it never used") {
  public_url.clear();
  web.says("kie.upload",
           {answered(401, R"({"code":401,"msg":"You do not have access permissions"})")});
  run(ready_job());
  advance(20s);
  CHECK(log.text()
        == "open_file kie.upload cool_down_key open_file kie.upload cool_down_key retry_job");
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::key_refused);
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  const auto used = web.of("kie.upload").back().bearer;
  CHECK(used.reveal() == "secret-" + db.last<store::cool_down_key>().key.value);
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: uploads at once with the next key when KIE refuses one, for free") {
  public_url.clear();
  settings.billing_cooldown = 1h;
  web.says("kie.upload",
           {answered(401, R"({"code":401,"msg":"You do not have access permissions"})"),
            failed(http::outcome::interrupted), failed(http::outcome::interrupted), uploaded()});
  run(ready_job());
  CHECK(log.text() == "open_file kie.upload cool_down_key open_file kie.upload");
  CHECK(db.last<store::cool_down_key>().key.value == first_key);
  CHECK(db.last<store::cool_down_key>().cooldown == 1h);
  advance(10s); // three tries are left to the second key
  CHECK(log.count("kie.upload") == 4);
  CHECK(web.of("kie.upload").at(1).bearer.reveal() == std::string{"secret-"} + second_key);
  CHECK(log.count("record_task") == 1);
}

TEST_CASE_FIXTURE(photo_fixture, "generation: uploads with no key that cools down") {
  public_url.clear();
  cooling = {key_fingerprint{first_key}};
  run(ready_job());
  CHECK(web.of("kie.upload").at(0).bearer.reveal() == std::string{"secret-"} + second_key);
  log.clear();
  cooling.insert(key_fingerprint{second_key});
  run(ready_job());
  CHECK(log.text() == "retry_job"); // it waits in the queue, for free, and looks again soon
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  CHECK(db.last<store::retry_job>().reason.error == "every key of the provider cools down");
  CHECK(db.last<store::retry_job>().delay <= 1min);
  // One key is refused while the other rests: that is no reason to fail the order.
  log.clear();
  cooling = {key_fingerprint{second_key}};
  web.says("kie.upload", {answered(401, R"({"code":401,"msg":"Unauthorized"})")});
  run(ready_job());
  CHECK(log.text() == "open_file kie.upload cool_down_key retry_job");
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
}

TEST_CASE_FIXTURE(photo_fixture, "generation: waits for storage without failing the job") {
  for (const auto& url : {std::string{}, public_url}) {
    log.clear();
    public_url = url;
    storage_errors = {caf::make_error(ec::unavailable), caf::make_error(ec::misconfigured)};
    run(ready_job());
    advance(30s);
    CHECK(log.count("record_task") == 1);
    CHECK(log.count("retry_job") == 0);
  }
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: retries a job whose photo is missing, and fails it in the end") {
  storage_errors = {caf::make_error(ec::file_missing), caf::make_error(ec::file_missing)};
  run(ready_job());
  CHECK(log.text() == "link_file retry_job");
  run(ready_job(settings.max_attempts));
  CHECK(log.text() == "link_file retry_job link_file fail_job");
}

// ── the photo and the models ─────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(photo_fixture, "generation: asks only models that take the photo") {
  settings.models[0].photo_min_side = 720; // sora
  settings.models[1].photo_formats = {"jpeg"};
  auto square = ready_job();
  square.photo = storage_key{"photos/7-640x640.jpg"};
  run(square);
  CHECK(db.last<store::record_intent>().models == std::vector<std::string>{"kling"});
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: gives the credit back when no model takes the photo") {
  auto square = ready_job();
  square.photo = storage_key{"photos/7-280x210.jpg"};
  run(square);
  CHECK(log.text() == "fail_job");
  CHECK(db.last<store::fail_job>().reason.cls == failure_class::user_violation);
  CHECK(provider::violation_of(db.last<store::fail_job>().reason.raw_signal)
        == provider::violation::image);
}

TEST_CASE_FIXTURE(photo_fixture, "generation: gives a model that follows the photo a frame of it") {
  settings.models[0].follows_photo = true;
  run(ready_job());
  CHECK(log.text() == "open_file link_file record_intent kie.createTask record_task");
  CHECK(opened == std::vector<std::string>{"photos/1.ready-720x960.jpg.vertical.jpg"});
  CHECK(linked == opened);
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: gives nobody a photo that an older version kept as it came") {
  public_url.clear();
  auto old = ready_job();
  old.photo = storage_key{"photos/7-720x960.png"};
  run(old);
  CHECK(opened == std::vector<std::string>{"photos/7-720x960.png.upright.jpg"});
}

TEST_CASE_FIXTURE(photo_fixture,
                  "generation: gives the credit back for a photo of old that cannot be read") {
  storage_errors = {caf::make_error(ec::rejected, "prepare", "broken")};
  auto old = ready_job();
  old.photo = storage_key{"photos/7-720x960.png"};
  run(old);
  CHECK(log.text() == "open_file fail_job");
  CHECK(provider::violation_of(db.last<store::fail_job>().reason.raw_signal)
        == provider::violation::image);
}

TEST_CASE_FIXTURE(
  photo_fixture,
  "generation: asks models that want another form of the photo while the first cool down") {
  settings.models[1].follows_photo = true; // kling
  auto nothing_free = db.granted;
  nothing_free.outcome = store::intent_outcome::verdict::no_model;
  nothing_free.wait = 1h;
  db.intents = {nothing_free};
  run(ready_job());
  CHECK(log.text()
        == "link_file record_intent open_file link_file record_intent kie.createTask record_task");
  CHECK(db.last<store::record_intent>().models == std::vector<std::string>{"kling"});
  CHECK(linked.back() == "photos/1.ready-720x960.jpg.vertical.jpg");
}

TEST_SUITE_END();
