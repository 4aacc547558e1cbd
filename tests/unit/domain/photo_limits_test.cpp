#include "domain/models.hpp"
#include "talk.hpp"
#include "tests/support/pictures.hpp"

using namespace neurocards;
using test::talk;
namespace pictures = test::pictures;

// A photo is judged before anything is charged, by the models that would film it.

namespace {

std::optional<images::fault> fault_of(const std::string& file, const models::catalogue& all) {
  const auto limits = models::photo_limits(all);
  return images::check(file, static_cast<int64_t>(file.size()), images::origin::document, limits)
    .reason;
}

models::catalogue only(const std::string& slug) {
  return {*models::find(models::shipped(), slug)};
}

/// Somebody in front of a bot whose models are these, and whose next photo is this one.
talk in_front_of(const models::catalogue& all, const std::string& file) {
  talk t = talk::known();
  t.config.models = models::photo_limits(all);
  const auto verdict =
    images::check(file, 100'000, images::origin::photo, std::span{t.config.models});
  if (verdict.accepted())
    t.next_photo = flow::photo_stored{images::key_for("1", verdict.picture), verdict.picture.width,
                                      verdict.picture.height, 100'000, "image/jpeg"};
  else
    t.next_photo = flow::photo_rejected{*verdict.reason, verdict.picture, verdict.needs, {}};
  return t;
}

} // namespace

TEST_CASE("photo limits: the shipped models refuse what they would refuse at KIE") {
  using images::fault;
  struct {
    int width, height;
    std::optional<fault> reason;
  } const table[] = {
    {280, 210, fault::too_small}, {300, 1200, fault::too_narrow}, {1200, 300, fault::too_narrow},
    {255, 640, fault::too_small}, {640, 255, fault::too_small},   {2000, 799, fault::too_narrow},
    {7000, 5000, fault::too_big}, {6001, 6001, fault::too_big},   {720, 960, std::nullopt},
    {2000, 800, std::nullopt},    {300, 300, std::nullopt},       {6000, 6000, std::nullopt},
    {256, 256, std::nullopt}, // Wan and MiniMax take it
    {90, 1280, fault::too_small},
  };
  for (const auto& x : table) {
    CAPTURE(x.width);
    CAPTURE(x.height);
    CHECK(fault_of(pictures::jpeg(x.width, x.height), models::shipped()) == x.reason);
  }
}

TEST_CASE("photo limits: each model has its own") {
  using images::fault;
  const auto kling = only("kling-2.6/image-to-video");
  const auto wan = only("wan/2-6-image-to-video");
  CHECK(fault_of(pictures::webp(800, 600), kling) == fault::wrong_format);
  CHECK_FALSE(fault_of(pictures::webp(800, 600), wan));
  CHECK(fault_of(pictures::jpeg(280, 280), kling) == fault::too_small);
  CHECK_FALSE(fault_of(pictures::jpeg(280, 280), wan));
  CHECK(fault_of(pictures::webp(800, 600, true), wan) == fault::moving);
}

TEST_CASE("photo limits: a job goes only to models that take its photo") {
  const auto slugs = [](const char* key) {
    return models::taking(models::shipped(), storage_key{key});
  };
  const auto all = models::shipped().size();
  CHECK(slugs("photos/1.jpg").size() == all); // of an older version: not known
  CHECK(slugs("photos/2f1e-720x960.jpg").size() == all);
  CHECK(slugs("photos/2f1e-280x270.jpg")
        == std::vector<std::string>{"minimax-h3/image-to-video", "wan/2-6-image-to-video"});
  CHECK(slugs("photos/2f1e-800x600.webp").size() == all - 1); // Kling takes none
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
  CHECK(t.said().find("JPEG, PNG, WebP до 10 МБ") != std::string::npos);
  CHECK(t.said().find("от 300 до 6000 точек") != std::string::npos);
  CHECK(t.said().find("не больше 2,5 коротких") != std::string::npos);

  t = in_front_of(only("kling-2.6/image-to-video"), pictures::webp(800, 600));
  t.who.language_code = "en";
  t.photo("Mug");
  CHECK(t.said().find("does not read WebP") != std::string::npos);
  CHECK(t.said().find("JPEG, PNG of up to 10 MB") != std::string::npos);
  CHECK(t.said().find("2.5 times") != std::string::npos);
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
