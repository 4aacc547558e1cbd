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

TEST_SUITE_BEGIN("unit/domain/models");

TEST_CASE("models: the shipped catalogue begins with Sora 2 and has at least two living models") {
  const auto& all = models::shipped();
  REQUIRE(all.size() >= 3);
  CHECK(all.front().slug == "sora-2-image-to-video");
  CHECK(all.front().name == "Sora 2");
  CHECK(models::faults_of(all).empty());
}

TEST_CASE("models: Sora 2 is asked as its page says") {
  const object expected = object::parse(R"({
    "model": "sora-2-image-to-video", "callBackUrl": "https://bot.example/cb",
    "input": {"prompt": "A mug.", "image_urls": ["https://files.example/p/7f3c.jpg"], "aspect_ratio": "portrait",
              "n_frames": "15", "remove_watermark": true, "upload_method": "s3"}})");
  CHECK(body_of("sora-2-image-to-video", "A mug.", "https://bot.example/cb") == expected);
  CHECK_FALSE(body_of("sora-2-image-to-video").contains("callBackUrl"));
}

TEST_CASE("models: every other model is asked as its page says, and with nothing else") {
  struct {
    const char* slug;
    const char* input;
    int prompt_limit;
    double price;
  } const table[] = {
    {"bytedance/seedance-2-mini",
     R"({"first_frame_url": "PHOTO", "duration": 15, "aspect_ratio": "9:16", "resolution": "720p",
         "generate_audio": true})",
     10'000, 15 * 8.2},
    {"bytedance/seedance-2-fast",
     R"({"first_frame_url": "PHOTO", "duration": 15, "aspect_ratio": "9:16", "resolution": "720p",
         "generate_audio": true})",
     10'000, 15 * 33},
    {"wan/3-0-video",
     R"({"first_frame_url": "PHOTO", "duration": 15, "aspect_ratio": "9:16", "resolution": "720P",
         "audio": true})",
     10'000, 15 * 16},
    {"minimax-h3/image-to-video",
     R"({"first_frame_url": "PHOTO", "duration": 15, "resolution": "768P"})", 7'000, 15 * 8},
    {"wan/2-6-image-to-video",
     R"({"image_urls": ["PHOTO"], "duration": "15", "resolution": "720p"})", 5'000, 210},
    {"kling-2.6/image-to-video", R"({"image_urls": ["PHOTO"], "duration": "10", "sound": true})",
     1'000, 220},
  };
  CHECK(models::shipped().size() == std::size(table) + 2); // Sora 2, and Runware's
  for (const auto& x : table) {
    CAPTURE(x.slug);
    std::string text = x.input;
    text.replace(text.find("PHOTO"), 5, photo);
    auto expected = object::parse(text);
    expected["prompt"] = "A mug.";
    CHECK(body_of(x.slug).at("input") == expected);
    const auto* model = models::find(models::shipped(), x.slug);
    CHECK(model->prompt_limit == x.prompt_limit);
    CHECK(model->price == doctest::Approx(x.price));
  }
}

TEST_CASE("models: prompts are bounded to each model's limit at the end of a sentence") {
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

TEST_CASE("models: users read a model's name, never nothing") {
  const auto& all = models::shipped();
  CHECK(models::display_name(all, "kling-2.6/image-to-video") == "Kling 2.6");
  CHECK(models::display_name(all, "") == "Sora 2");
  CHECK(models::display_name(all, "gone/model") == "gone/model");
  CHECK(models::display_name({}, "") == "Sora 2");
}

TEST_CASE("models: a catalogue that cannot work is refused by name") {
  CHECK(models::faults_of({}).size() == 1);
  config::model x = models::shipped().front();
  x.name.clear();
  x.duration = 0;
  x.prompt_limit = 5;
  x.input = {{"prompt", "\"mine\""}, {"size", "large"}};
  x.price = -1;
  x.price_date = "26.8.2026";
  x.speech = {"en", "Russian"};
  CHECK(models::faults_of({x}).size() == 8);
  CHECK(models::faults_of({models::shipped()[0], models::shipped()[0]}).size() == 1);
}

TEST_CASE("models: prompts are written for the clip's length") {
  CHECK(models::clip_seconds(models::shipped()[0]) == 15);
  CHECK(models::clip_seconds(config::model{}) == 10);
}

TEST_CASE("models: a script has it where every model that may film it speaks the language") {
  config::model english;
  english.slug = "english";
  config::model both = english;
  both.slug = "both";
  both.speech = {"en", "ru"};
  config::model silent = english;
  silent.slug = "silent";
  silent.speech = {};
  using config::voices;
  struct {
    models::catalogue all;
    const char* chosen;
    const char* language;
    voices wish;
    bool spoken;
  } const table[] = {
    {{english}, "", "en", voices::listed, true},
    {{english}, "", "ru", voices::listed, false},
    {{both}, "", "ru", voices::listed, true},
    {{both, english}, "", "ru", voices::listed, false}, // who knows which of them is up
    {{both, english}, "both", "ru", voices::listed, true},
    {{both, english}, "english", "ru", voices::listed, false},
    {{both, english}, "gone", "ru", voices::listed, false},
    {{both, silent}, "", "en", voices::listed, false},
    {{silent}, "", "ru", voices::always, true},
    {{both}, "both", "en", voices::never, false},
  };
  for (const auto& x : table) {
    CAPTURE(x.chosen);
    CAPTURE(x.language);
    CHECK(models::may_speak(x.all, x.chosen, x.language, x.wish) == x.spoken);
  }
  CHECK(models::may_speak(models::shipped(), "", "en", voices::listed));
  for (const auto& x : models::shipped()) // no maker lists Russian
    CHECK_FALSE_MESSAGE(models::may_speak(models::shipped(), x.slug, "ru", voices::listed), x.slug);
}

TEST_SUITE_END();
