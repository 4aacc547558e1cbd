#include "domain/markup.hpp"
#include "domain/models.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards;
using object = nlohmann::json;

namespace {

const std::string photo = "https://files.example/p/7f3c.jpg";

object body_of(const std::string& slug, const std::string& prompt = "A mug.",
               const std::string& callback = "") {
  const config::model* found = models::find(models::shipped(), slug);
  REQUIRE(found);
  return object::parse(models::create_task_body(*found, prompt, photo, callback));
}

} // namespace

TEST_CASE("the shipped catalogue begins with Sora 2 and has at least two living models") {
  const auto& all = models::shipped();
  REQUIRE(all.size() >= 3);
  CHECK(all.front().slug == "sora-2-image-to-video");
  CHECK(all.front().name == "Sora 2");
  CHECK(models::faults_of(all).empty());
}

TEST_CASE("Sora 2 is asked as its page says") {
  const object expected = object::parse(R"({
    "model": "sora-2-image-to-video", "callBackUrl": "https://bot.example/cb",
    "input": {"prompt": "A mug.", "image_urls": ["https://files.example/p/7f3c.jpg"], "aspect_ratio": "portrait",
              "n_frames": "15", "remove_watermark": true, "upload_method": "s3"}})");
  CHECK(body_of("sora-2-image-to-video", "A mug.", "https://bot.example/cb") == expected);
  CHECK_FALSE(body_of("sora-2-image-to-video").contains("callBackUrl"));
}

TEST_CASE("every other model gets its picture and its duration in its own way") {
  const object seedance = body_of("bytedance/seedance-2-fast").at("input");
  CHECK(seedance.at("first_frame_url") == photo);
  CHECK(seedance.at("duration") == 15); // a number
  CHECK(seedance.at("aspect_ratio") == "9:16");
  CHECK(seedance.at("web_search") == false);
  const object kling = body_of("kling-2.6/image-to-video").at("input");
  CHECK(kling.at("image_urls") == object::array({photo}));
  CHECK(kling.at("duration") == "10"); // a text
  CHECK(kling.at("sound").is_boolean());
  const object wan = body_of("wan/2-6-image-to-video").at("input");
  CHECK(wan.at("image_urls") == object::array({photo}));
  CHECK(wan.at("duration") == "15");
  CHECK(wan.at("resolution") == "720p");
}

TEST_CASE("prompts are bounded to each model's limit at the end of a sentence") {
  std::string prompt;
  for (int i = 0; i < 2'000; ++i)
    prompt += "A mug & \"пар\". ";
  for (const config::model& x : models::shipped()) {
    const std::string sent = body_of(x.slug, prompt).at("input").at("prompt");
    CHECK(sent == models::bounded_prompt(x, prompt));
    CHECK(markup::length(sent) <= static_cast<size_t>(x.prompt_limit));
    CHECK(sent.ends_with("."));
  }
}

TEST_CASE("users read a model's name, never nothing") {
  const auto& all = models::shipped();
  CHECK(models::display_name(all, "kling-2.6/image-to-video") == "Kling 2.6");
  CHECK(models::display_name(all, "") == "Sora 2");
  CHECK(models::display_name(all, "gone/model") == "gone/model");
  CHECK(models::display_name({}, "") == "Sora 2");
}

TEST_CASE("a catalogue that cannot work is refused by name") {
  CHECK(models::faults_of({}).size() == 1);
  config::model x = models::shipped().front();
  x.name.clear();
  x.duration = 0;
  x.prompt_limit = 5;
  x.input = {{"prompt", "\"mine\""}, {"size", "large"}};
  CHECK(models::faults_of({x}).size() == 5);
  CHECK(models::faults_of({models::shipped()[0], models::shipped()[0]}).size() == 1);
}

TEST_CASE("prompts are written for the clip's length") {
  CHECK(models::clip_seconds(models::shipped()[0]) == 15);
  CHECK(models::clip_seconds(config::model{}) == 10);
}
