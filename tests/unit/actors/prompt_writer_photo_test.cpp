#include "tests/unit/actors/writer_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/actors/prompt_writer_photo");

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: passes over a model that no longer exists") {
  config.writers = {"old", "new"};
  web.says("openai.complete",
           {openai_error(404, "invalid_request_error", "model_not_found"), completed(script)});
  order(2);
  CHECK(from(prompt_source::openai) == 2);
  CHECK(asked_whom() == "old new new"); // and is not asked again at once
  advance(5min);
  order();
  CHECK(asked_whom() == "old new new old");
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: uses the template when every model is gone") {
  config.writers = {"old", "older"};
  web.says("openai.complete", {openai_error(404, "invalid_request_error", "model_not_found")});
  order(3);
  CHECK(from(prompt_source::built_in_template) == 3);
  CHECK(asked_whom() == "old older");
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: asks for little thought, and for none where that is unknown") {
  config.reasoning_effort = "none";
  web.says("openai.complete",
           {openai_error(400, "invalid_request_error", "unsupported_parameter", "reasoning_effort"),
            completed(script)});
  order();
  REQUIRE(asked() == 2);
  CHECK(nlohmann::json::parse(web.asked[0].body).at("reasoning_effort") == "none");
  CHECK_FALSE(nlohmann::json::parse(web.asked[1].body).contains("reasoning_effort"));
  CHECK(from(prompt_source::openai) == 1);
}

TEST_CASE_FIXTURE(writer_fixture,
                  "prompt_writer: follows settings that change, and ends an order as it began") {
  config.writers = {"old"};
  web.says("openai.complete",
           {openai_error(404, "invalid_request_error", "model_not_found"), completed(script)});
  web.answers.hold("openai.complete");
  order();
  config.writers = {"new"};
  config.reasoning_effort = "low";
  config.models.front().duration = 12;
  in_force.replace(config);
  web.release();
  settle();
  CHECK(from(prompt_source::built_in_template) == 1);
  order();
  CHECK(from(prompt_source::openai) == 1);
  CHECK(asked_whom() == "old new");
  const auto before = web.of("openai.complete").at(0).body;
  const auto after = web.of("openai.complete").at(1).body;
  CHECK(before.find("12 seconds") == std::string::npos);
  CHECK(after.find("12 seconds") != std::string::npos);
  CHECK(nlohmann::json::parse(after).at("reasoning_effort") == "low");

  open_eyes();
  config.concurrency = 1;
  in_force.replace(config);
  web.answers.hold("openai.complete");
  order_of_photo();
  order();
  CHECK(asked_whom() == "old new new+");
  web.release();
  settle();
  CHECK(asked_whom() == "old new new+ new");
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: shows a small form of the photo") {
  open_eyes();
  order_of_photo();
  CHECK(from(prompt_source::openai) == 1);
  CHECK(opened == std::vector<std::string>{"photos/1.ready-720x960.jpg.small.jpg"});
  const auto body = nlohmann::json::parse(web.asked.at(0).body);
  const auto& content = body.at("messages").at(1).at("content");
  REQUIRE(content.size() == 2);
  CHECK(content[0].at("text").get<std::string>().find("a blue mug") != std::string::npos);
  CHECK(content[1].at("image_url").at("url") == "data:image/jpeg;base64,YSBzbWFsbCBKUEVH");
  CHECK(content[1].at("image_url").at("detail") == "low");
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: writes without a photo that is not there") {
  open_eyes();
  photo.clear();
  order_of_photo();
  CHECK(from(prompt_source::openai) == 1);
  CHECK(asked_whom() == "gpt");
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: asks without the photo when that was refused") {
  open_eyes();
  for (const auto& refusal : {openai_error(400, "invalid_request_error", "invalid_prompt"),
                              completed("I'm sorry, but I can't assist with that."),
                              completed(script, "content_filter")}) {
    web.asked.clear();
    written.clear();
    web.says("openai.complete", {refusal, completed(script)});
    order_of_photo();
    CHECK(from(prompt_source::openai) == 1);
    CHECK(asked_whom() == "gpt+ gpt");
  }
}

TEST_CASE_FIXTURE(writer_fixture, "prompt_writer: shows nothing to a model without eyes") {
  open_eyes();
  web.says("openai.complete",
           {answered(400, R"({"error":{"message":"this model does not support image input"}})"),
            completed(script)});
  order_of_photo();
  order_of_photo();
  CHECK(from(prompt_source::openai) == 2);
  CHECK(asked_whom() == "gpt+ gpt gpt");
  advance(1h);
  order_of_photo();
  CHECK(asked_whom() == "gpt+ gpt gpt gpt+");
}

TEST_SUITE_END();
