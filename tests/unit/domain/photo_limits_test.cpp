#include "domain/models.hpp"
#include "domain/photo_forms.hpp"
#include "talk.hpp"
#include "tests/support/pictures.hpp"

using namespace neurocards;
using namespace neurocards::test;
namespace pictures = test::pictures;

// A photo is judged before anything is charged, by the models that would film it.

namespace {

/// What users are told of a photo of that size.
std::optional<images::fault> fault_of(int width, int height, const models::catalogue& all) {
  const images::description found{images::format::png, width, height, false};
  const auto limits = models::photo_limits(all);
  return images::check_prepared(found, images::prepared(found), limits).reason;
}

/// Models that are given photos as they are.
models::catalogue without_frames(models::catalogue all) {
  for (auto& x : all)
    x.follows_photo = false;
  return all;
}

models::catalogue only(const std::string& slug) {
  return {*models::find(models::shipped(), slug)};
}

/// Somebody in front of a bot whose models are these, and whose next photo is this one.
talk in_front_of(const models::catalogue& all, const std::string& file) {
  talk t = talk::known();
  t.config.models = models::photo_limits(all);
  const auto found = images::sniff(file);
  REQUIRE(found);
  const auto verdict =
    images::check_prepared(*found, images::prepared(*found), std::span{t.config.models});
  if (verdict.accepted())
    t.next_photo =
      flow::photo_stored{photo_forms::ready_key("1", verdict.picture), verdict.picture.width,
                         verdict.picture.height, 100'000, "image/jpeg"};
  else
    t.next_photo = flow::photo_rejected{*verdict.reason, verdict.picture, verdict.needs, {}};
  return t;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/photo_limits");

TEST_CASE("photo limits: what cannot be filmed even when prepared is refused, and nothing else") {
  using images::fault;
  struct {
    int width, height;
    std::optional<fault> framed, bare; // by models that are given a frame, and by others
  } const table[] = {
    {280, 210, fault::too_small, fault::too_small},
    {300, 1200, std::nullopt, fault::too_narrow},
    {1200, 300, std::nullopt, fault::too_narrow},
    {255, 640, fault::too_small, fault::too_small},
    {2000, 799, std::nullopt, fault::too_narrow},
    {7000, 5000, std::nullopt, std::nullopt},
    {720, 960, std::nullopt, std::nullopt},
    {2000, 800, std::nullopt, std::nullopt},
    {300, 300, std::nullopt, std::nullopt},
    {256, 256, std::nullopt, std::nullopt}, // Wan and MiniMax take it
    {90, 1280, fault::too_small, fault::too_small},
    {8000, 900, fault::too_narrow, fault::too_narrow}, // 230 pixels are left of 900
  };
  for (const auto& x : table) {
    CAPTURE(x.width);
    CAPTURE(x.height);
    CHECK(fault_of(x.width, x.height, models::shipped()) == x.framed);
    CHECK(fault_of(x.width, x.height, without_frames(models::shipped())) == x.bare);
  }
}

TEST_CASE("photo limits: each model has its own") {
  using images::fault;
  CHECK(fault_of(280, 280, only("kling-2.6/image-to-video")) == fault::too_small);
  CHECK_FALSE(fault_of(280, 280, only("wan/2-6-image-to-video")));
}

TEST_CASE("photo limits: a job goes only to models that take its photo") {
  const auto slugs = [](const char* key) {
    return models::taking(models::shipped(), storage_key{key});
  };
  const auto all = models::shipped().size();
  CHECK(slugs("photos/1.jpg").size() == all); // of an older version: not known
  CHECK(slugs("photos/2f1e-720x960.jpg").size() == all);
  CHECK(slugs("photos/2f1e.ready-280x270.jpg")
        == std::vector<std::string>{"minimax-h3/image-to-video", "wan/2-6-image-to-video"});
  CHECK(slugs("photos/2f1e-800x600.webp").size() == all); // it becomes a JPEG
  CHECK(slugs("photos/2f1e-280x210.jpg").empty());
}

TEST_CASE("photo limits: the name of a kept photo says its size, and nothing else passes for one") {
  const images::description photo{images::format::png, 1280, 960, false};
  const auto key = images::key_for("0b5c-9f", photo);
  CHECK(key.value == "photos/0b5c-9f-1280x960.png");
  const auto known = images::described_by(key);
  REQUIRE(known);
  CHECK(known->kind == images::format::png);
  CHECK(known->width == 1280);
  CHECK(known->height == 960);
  CHECK(images::key_for("a", {images::format::jpeg, 0, 0, false}).value == "photos/a.jpg");
  for (const char* name :
       {"photos/0b5c-9f.jpg", "photos/1-x2.jpg", "photos/1-2x.jpg", "photos/1-2x3.mp4",
        "videos/1-2x3.jpg", "photos/1-2x3", "photos/a.b-2x3", "photos/1-0x3.jpg", "",
        "photos/1-99999999999x3.jpg", "photos/1--2x3.jpg.jpg"})
    CHECK_MESSAGE(!images::described_by(storage_key{name}), name);
}

TEST_CASE("photo limits: sides are those that a viewer shows") {
  const auto sides = [](const std::string& file) {
    const auto found = images::sniff(file);
    return found ? std::pair{found->width, found->height} : std::pair{0, 0};
  };
  CHECK(sides(pictures::jpeg(1200, 500, 1)) == std::pair{1200, 500});
  CHECK(sides(pictures::jpeg(1200, 500, 3)) == std::pair{1200, 500});
  for (const int quarter : {5, 6, 7, 8}) {
    CHECK(sides(pictures::jpeg(1200, 500, quarter, true)) == std::pair{500, 1200});
    CHECK(sides(pictures::jpeg(1200, 500, quarter, false)) == std::pair{500, 1200});
  }
  const auto whole = pictures::jpeg(1200, 500, 6);
  for (size_t length = 0; length < whole.size(); ++length) // never beyond the bytes
    (void)images::sniff(std::string_view{whole}.substr(0, length));
}

TEST_CASE("photo limits: who sends an unfit photo reads what it is and exactly what to send") {
  talk t = in_front_of(models::shipped(), pictures::jpeg(280, 210));
  t.photo("Кружка");
  CHECK(t.state == "awaiting_photo");
  CHECK(t.credits == 10);
  CHECK(t.said().find("280×210") != std::string::npos);
  CHECK(t.said().find("JPEG, PNG, WebP, HEIC до 20 МБ") != std::string::npos);
  CHECK(t.said().find("от 300 до 16000 точек") != std::string::npos);

  t = in_front_of(without_frames(only("kling-2.6/image-to-video")), pictures::jpeg(1200, 300));
  t.who.language_code = "en";
  t.photo("Mug");
  CHECK(t.said().find("1200×300") != std::string::npos);
  CHECK(t.said().find("2.5 times") != std::string::npos);
}

TEST_CASE("photo limits: who sends a wide photo is shown how it will be filmed") {
  talk t = in_front_of(models::shipped(), pictures::jpeg(1280, 960));
  t.photo("Кружка");
  CHECK(t.previews.size() == 1); // in words of the notifier (notifier_video_test)
  for (const auto& other :
       {in_front_of(models::shipped(), pictures::jpeg(720, 960)),
        in_front_of(without_frames(models::shipped()), pictures::jpeg(1280, 960))}) {
    t = other;
    t.photo("Кружка");
    CHECK(t.previews.empty());
  }
}

TEST_CASE("photo limits: a draft and an order once more are judged by the models of today") {
  const auto wan = only("wan/2-6-image-to-video");
  talk t = in_front_of(wan, pictures::jpeg(280, 280));
  t.photo("Кружка. Держит тепло.");
  REQUIRE(t.press_label("✨ UGC блогер"));
  REQUIRE(t.press_label("Без пожеланий"));
  REQUIRE(t.press_label("1️⃣"));
  const auto launch = t.button("🚀");
  const auto models_of_then = t.config.models;
  t.config.models = models::photo_limits(only("kling-2.6/image-to-video"));
  t.press(launch);
  CHECK(t.keys.empty()); // nothing was ordered, nothing charged
  CHECK(t.credits == 10);
  CHECK(t.said().find("280×280") != std::string::npos);
  t.config.models = models_of_then;
  t.press(launch);
  CHECK(t.keys.size() == 1);

  t.config.models = models::photo_limits(only("kling-2.6/image-to-video"));
  t.press(flow::data_of(flow::action::once_more, t.jobs[0].id.value));
  CHECK(t.said().find("280×280") != std::string::npos);
  CHECK(t.state == "awaiting_photo");
}

TEST_CASE("photo limits: of an album one unfit photo is told of, and the first fit one is taken") {
  talk t = in_front_of(models::shipped(), pictures::jpeg(280, 210));
  const auto fit = in_front_of(models::shipped(), pictures::jpeg(720, 960)).next_photo;
  t.photo("Кружка", "album-7");
  CHECK(t.replies.size() == 1);
  t.photo("", "album-7");
  CHECK(t.replies.empty());
  t.next_photo = fit;
  t.photo("", "album-7");
  CHECK(t.state == "awaiting_description");
}

TEST_SUITE_END();
