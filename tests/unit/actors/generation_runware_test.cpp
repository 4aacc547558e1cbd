#include "tests/support/worker_fixture.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

// A second provider: whose turn it is, and creations that may be repeated.

using namespace neurocards;
using namespace neurocards::test;

namespace {

using verdict = store::intent_outcome::verdict;

struct runware_fixture : generation_fixture {
  runware_fixture() {
    config::model model;
    model.slug = "seedance";
    model.name = "Seedance";
    model.provider = "runware";
    model.duration = 15;
    settings.models.push_back(model);
    runware_accounts = {{second_key, {key_fingerprint{second_key}}, "runware"}};
    accounts = {{first_key, {key_fingerprint{first_key}}}};
    photo_path = (std::filesystem::temp_directory_path()
                  / ("neurocards-photo-" + std::to_string(::getpid()) + ".jpg"))
                   .string();
    std::ofstream{photo_path} << "photo";
    db.granted.key = key_fingerprint{second_key};
    db.granted.model = "seedance";
    db.granted.provider = "runware";
    web.says("runware.poll", {answered(200, R"({"data":[]})")});
  }

  ~runware_fixture() { std::filesystem::remove(photo_path); }

  store::intent_outcome turn_of(const std::string& provider, const std::string& model) {
    store::intent_outcome result;
    result.outcome = verdict::elsewhere;
    result.provider = provider;
    result.model = model;
    return result;
  }

  claimed_job ready_job() {
    auto result = fresh_job();
    result.prompt = "A hand turns the mug.";
    result.provider = "kie"; // as the column's default says
    return result;
  }

  /// Somebody announced a creation at Runware and died.
  claimed_job announced_job(std::chrono::milliseconds ago) {
    auto result = ready_job();
    result.provider = "runware";
    result.model = "seedance";
    result.key = key_fingerprint{second_key};
    result.intent_token = "0b6c5f0e-3f43-4a57-9d0b-0f2a4c9d8e11";
    result.intent_age = ago;
    return result;
  }

  http::response known_already() {
    return answered(400, R"({"errors":[{"code":"conflictTaskUUID","message":"used"}]})");
  }

  /// Accepts whatever is asked for next, as Runware does: by the UUID it was given.
  std::string token_of_last_creation() {
    const auto body = web.of("runware.create").back().body;
    const auto position = body.find(R"("taskUUID":")") + 12;
    return body.substr(position, 36);
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/generation_runware");

TEST_CASE_FIXTURE(runware_fixture, "runware: with two providers the database says whose turn it "
                                   "is before the photo is made ready") {
  db.intents = {turn_of("runware", "seedance")};
  web.says("runware.create", {known_already()});
  run(ready_job());
  CHECK(log.text() == "record_intent open_file record_intent runware.create record_task");
  CHECK(db.last<store::record_intent>().prepared == "runware");
  CHECK(db.last<store::record_intent>().providers
        == std::vector<std::string>{"kie", "kie", "runware"});
  CHECK(db.last<store::record_task>().task.value == token_of_last_creation());
  CHECK(token_of_last_creation() == db.last<store::record_intent>().token);
  const auto sent = web.of("runware.create").at(0);
  CHECK(sent.body.find("data:image/jpeg;base64,cGhvdG8=") != std::string::npos);
  CHECK(sent.bearer.reveal() == std::string{"secret-"} + second_key);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: KIE's turn goes as ever, with a link") {
  db.intents = {turn_of("kie", "sora")};
  db.granted.key = key_fingerprint{first_key};
  db.granted.model = "sora";
  db.granted.provider = "kie";
  web.says("kie.recordInfo", {generating()});
  run(ready_job());
  CHECK(log.text() == "record_intent link_file record_intent kie.createTask record_task");
}

TEST_CASE_FIXTURE(runware_fixture,
                  "runware: the photo is made ready in the form of the model whose "
                  "turn it is, and only models that take it may be chosen") {
  settings.models[1].follows_photo = true;
  db.intents = {turn_of("kie", settings.models[1].slug)};
  db.granted.key = key_fingerprint{first_key};
  db.granted.model = settings.models[1].slug;
  db.granted.provider = "kie";
  web.says("kie.recordInfo", {generating()});
  run(ready_job());
  CHECK(
    log.text()
    == "record_intent open_file link_file record_intent record_prompt kie.createTask record_task");
  const auto& asked = db.last<store::record_intent>();
  CHECK(asked.models == std::vector<std::string>{settings.models[1].slug, "seedance"});
  CHECK(asked.providers == std::vector<std::string>{"kie", "runware"});
}

TEST_CASE_FIXTURE(runware_fixture,
                  "runware: when the models of a form rest meanwhile, the database "
                  "is asked about all once more, and then the job waits") {
  store::intent_outcome none;
  none.outcome = verdict::no_model;
  none.wait = 5s;
  db.intents = {turn_of("kie", "sora"), none, none};
  run(ready_job());
  CHECK(log.text() == "record_intent link_file record_intent record_intent retry_job");
  CHECK(db.last<store::record_intent>().models.size() == 3);
  CHECK(db.last<store::record_intent>().prepared.empty());
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a provider with a key but without a model that may be "
                                   "used is none: KIE alone goes as ever") {
  settings.max_price = 1;
  settings.models[0].price = 100;
  settings.models[1].price = 100;
  settings.models[2].price = 2.4;
  db.granted.key = key_fingerprint{first_key};
  db.granted.model = "sora";
  db.granted.provider = "kie";
  web.says("kie.recordInfo", {generating()});
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask record_task");
  CHECK(db.last<store::record_intent>().accounts.size() == 1);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: who takes an announced creation over repeats it at "
                                   "once under its token") {
  web.says("runware.create", {known_already()});
  run(announced_job(1s));
  CHECK(log.text() == "open_file runware.create record_task");
  CHECK(token_of_last_creation() == "0b6c5f0e-3f43-4a57-9d0b-0f2a4c9d8e11");
  CHECK(db.last<store::record_task>().task.value == "0b6c5f0e-3f43-4a57-9d0b-0f2a4c9d8e11");
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a creation whose answer was lost is repeated, and "
                                   "nothing else is announced") {
  db.intents = {turn_of("runware", "seedance")};
  web.says("runware.create", {failed(http::outcome::interrupted),
                              failed(http::outcome::interrupted), known_already()});
  run(ready_job());
  advance(10s);
  CHECK(log.text()
        == "record_intent open_file record_intent runware.create runware.create runware.create "
           "record_task");
  const auto all = web.of("runware.create");
  CHECK(all.at(0).body == all.at(2).body);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a repeat that is refused for want of money says "
                                   "nothing of the creation before it") {
  db.intents = {turn_of("runware", "seedance")};
  web.says("runware.create",
           {failed(http::outcome::interrupted),
            answered(402, R"({"errors":[{"code":"insufficientCredits","message":"empty"}]})"),
            known_already()});
  run(ready_job());
  advance(20s);
  CHECK(log.count("retry_job") == 0);
  CHECK(log.count("record_intent") == 2);
  CHECK(db.last<store::record_task>().task.value == token_of_last_creation());
}

TEST_CASE_FIXTURE(runware_fixture, "runware: while it is down a creation in doubt goes back with "
                                   "its token, and no attempt is used") {
  origin = failure_origin::provider;
  web.says("runware.create", {failed(http::outcome::interrupted)});
  run(announced_job(1s));
  CHECK(log.text() == "open_file runware.create release_jobs");
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a creation in doubt is given up when a task would "
                                   "have had its time") {
  web.says("runware.create", {failed(http::outcome::interrupted)});
  run(announced_job(31min));
  CHECK(log.text() == "open_file runware.create retry_job");
  CHECK(db.last<store::retry_job>().uses_attempt);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a drained worker keeps the token of a creation in "
                                   "doubt") {
  web.says("runware.create", {failed(http::outcome::interrupted)});
  run(announced_job(1s));
  drain();
  CHECK(log.count("retry_job") == 0);
  CHECK(ended);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a job of a provider that this program does not know "
                                   "waits for a node that does") {
  auto foreign = announced_job(1s);
  foreign.provider = "another";
  run(foreign);
  CHECK(log.text() == "release_jobs");
  CHECK(db.last<store::release_jobs>().delay == 1min);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a node without its key leaves a task to one that has "
                                   "it, as long as a task may take") {
  runware_accounts.clear();
  auto begun = announced_job(2min);
  begun.task = task_id{begun.intent_token};
  begun.task_age = 1min;
  run(begun);
  CHECK(log.text() == "release_jobs");
  CHECK(db.last<store::release_jobs>().delay == 1min);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(runware_fixture, "runware: whose key is gone everywhere is not waited for longer "
                                   "than a task may take") {
  runware_accounts.clear();
  auto begun = announced_job(32min);
  begun.task = task_id{begun.intent_token};
  begun.task_age = 31min;
  run(begun);
  CHECK(log.count("release_jobs") == 0);
  CHECK_FALSE(ended);
}

TEST_CASE_FIXTURE(runware_fixture, "runware: a node without its key leaves an announced creation "
                                   "to one that has it, and makes its own when that is too late") {
  runware_accounts.clear();
  db.granted.key = key_fingerprint{first_key};
  db.granted.model = "sora";
  db.granted.provider = "kie";
  web.says("kie.recordInfo", {generating()});
  SUBCASE("in time") {
    run(announced_job(1s));
    CHECK(log.text() == "release_jobs");
  }
  SUBCASE("too late") {
    run(announced_job(31min));
    advance(1s);
    CHECK(log.count("release_jobs") == 0);
    CHECK(web.of("runware.create").empty());
    CHECK(web.of("kie.createTask").size() == 1);
    CHECK_FALSE(ended);
  }
}

TEST_CASE_FIXTURE(runware_fixture,
                  "runware: a creation is repeated with the key that is there when "
                  "its own has been replaced") {
  missing_key = "cccccccccccccccc";
  web.says("runware.create", {known_already()});
  auto announced = announced_job(1s);
  announced.key = key_fingerprint{missing_key};
  run(announced);
  CHECK(log.text() == "open_file runware.create record_task");
  CHECK(web.of("runware.create").at(0).bearer.reveal() == std::string{"secret-"} + second_key);
}

TEST_SUITE_END();
