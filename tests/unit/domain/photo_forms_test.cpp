#include "domain/photo_forms.hpp"

#include "domain/models.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using photo_forms::form;

namespace {

config::model model(std::string slug, bool follows) {
  config::model x;
  x.slug = std::move(slug);
  x.follows_photo = follows;
  return x;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/photo_forms");

TEST_CASE("photo forms: a form's name is made of its photo's, and leads back to it") {
  for (const char* name : {"photos/a.ready-720x960.jpg", "photos/1.jpg", "inputs/9/f.webp"}) {
    const storage_key photo{name};
    for (const auto x : {form::kept, form::upright, form::vertical, form::small}) {
      const auto back = photo_forms::form_of(photo_forms::key_of(x, photo));
      CHECK(back.photo == photo);
      CHECK(back.made == x);
    }
  }
  CHECK(photo_forms::form_of(storage_key{".vertical.jpg"}).made == form::kept);
  CHECK(photo_forms::form_of(storage_key{"videos/1.mp4"}).made == form::kept);
}

TEST_CASE("photo forms: a prepared photo says so, and its size") {
  const auto key = photo_forms::ready_key("0b5c-9f", {images::format::jpeg, 1280, 960, false});
  CHECK(key.value == "photos/0b5c-9f.ready-1280x960.jpg");
  CHECK(photo_forms::is_ready(key));
  CHECK(images::described_by(key)->width == 1280);
  for (const char* other :
       {"photos/0b5c-9f-1280x960.jpg", "photos/a.ready.jpg", "photos/1.jpg", ""})
    CHECK_FALSE(photo_forms::is_ready(storage_key{other}));
}

TEST_CASE("photo forms: a model is given the photo prepared, and in a frame if it follows it") {
  const auto plain = model("plain", false);
  const auto follows = model("follows", true);
  struct {
    const char* photo;
    form of_plain, of_following;
  } const table[] = {
    {"photos/1.ready-1280x960.jpg", form::kept, form::vertical},
    {"photos/1.ready-720x1280.jpg", form::kept, form::kept}, // 9:16 already
    {"photos/1.ready-715x1280.jpg", form::kept, form::kept}, // as good as
    {"photos/1.ready-640x1280.jpg", form::kept, form::vertical},
    {"photos/1-720x1280.jpg", form::upright, form::vertical}, // kept by an older version
    {"photos/1.jpg", form::upright, form::vertical},
  };
  for (const auto& x : table) {
    CAPTURE(x.photo);
    CHECK(photo_forms::needed_by(plain, storage_key{x.photo}) == x.of_plain);
    CHECK(photo_forms::needed_by(follows, storage_key{x.photo}) == x.of_following);
  }
}

TEST_CASE("photo forms: models in order, those together that are given the same") {
  const models::catalogue all{model("a", false), model("b", false), model("c", true),
                              model("d", false)};
  const auto runs = models::runs_by_form(all, storage_key{"photos/1.ready-1280x960.jpg"});
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].slugs == std::vector<std::string>{"a", "b"});
  CHECK(runs[1].form == form::vertical);
  CHECK(runs[1].slugs == std::vector<std::string>{"c"});
  CHECK(runs[2].slugs == std::vector<std::string>{"d"});
  CHECK(models::runs_by_form(all, storage_key{"photos/1.ready-90x90.jpg"}).empty());
}

TEST_CASE("photo forms: what one provider got is not there for another") {
  models::catalogue all{model("a", true), model("b", true), model("c", true)};
  all[1].provider = "runware";
  const auto runs = models::runs_by_form(all, storage_key{"photos/1.ready-1280x960.jpg"});
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].provider == "kie");
  CHECK(runs[1].provider == "runware");
  CHECK(runs[1].slugs == std::vector<std::string>{"b"});
  CHECK(runs[2].slugs == std::vector<std::string>{"c"});
}

TEST_CASE("photo forms: a photo is wide when the frame leaves less than half of it") {
  const auto wide = [](int width, int height) {
    return images::is_wide({images::format::jpeg, width, height, false});
  };
  CHECK(wide(1280, 960));
  CHECK(wide(1130, 1000));
  CHECK_FALSE(wide(1120, 1000));
  CHECK_FALSE(wide(960, 1280));
}

TEST_SUITE_END();
