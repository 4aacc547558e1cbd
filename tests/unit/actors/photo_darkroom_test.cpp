#include "actors/photo_darkroom.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/drawn_pictures.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

using namespace neurocards;
using namespace neurocards::test;
namespace fs = std::filesystem;

namespace {

const storage_key photo{"photos/1.ready-800x600.jpg"};
const storage_key vertical = photo_forms::key_of(photo_forms::form::vertical, photo);
const storage_key upright = photo_forms::key_of(photo_forms::form::upright, photo);

/// A darkroom before a store that is a folder.
struct darkroom_fixture : actor_fixture {
  std::string folder =
    (fs::temp_directory_path() / ("neurocards-" + to_string(uuid::random()))).string();
  std::shared_ptr<storage::local_store> files =
    std::make_shared<storage::local_store>(folder, storage::link_signer{});
  std::vector<std::string> asked;  // "open KEY", …
  std::set<storage_key> unwilling; // keys that the store will not drop
  bool holds = false;              // what the darkroom's thread has to do
  std::vector<std::function<void()>> held;

  object_store_actor store = fake_store();
  object_store_actor darkroom =
    spawn<photo_darkroom_impl>(store, files, [this](auto task, auto done) {
      if (holds)
        held.push_back([task, done] { done(task()); });
      else
        done(task());
    });

  ~darkroom_fixture() { fs::remove_all(folder); }

  void keep(const storage_key& key, const std::string& bytes) {
    fs::create_directories(fs::path{*files->path(key)}.parent_path());
    std::ofstream{*files->path(key), std::ios::binary} << bytes;
  }

  drawn::look kept(const storage_key& key) {
    std::ifstream in{*files->path(key), std::ios::binary};
    return drawn::look_into({std::istreambuf_iterator<char>{in}, {}});
  }

  int count(const std::string& what) const {
    return static_cast<int>(std::count(asked.begin(), asked.end(), what));
  }

private:
  object_store_actor fake_store() {
    return spawn_fake<object_store_actor>(
      [this](const put_file& x) -> caf::result<put_result> {
        asked.push_back("put " + x.key.value);
        fs::rename(x.path, *files->path(x.key));
        return put_result{1};
      },
      [this](const open_file& x) -> caf::result<opened_file> {
        asked.push_back("open " + x.key.value);
        if (!fs::exists(*files->path(x.key)))
          return caf::make_error(ec::file_missing);
        return opened_file{*files->path(x.key), 1, false};
      },
      [this](const link_file& x) {
        asked.push_back("link " + x.key.value);
        return file_link{"https://bot.example/" + x.key.value};
      },
      [this](const drop_file& x) -> caf::result<void> {
        asked.push_back("drop " + x.key.value);
        if (unwilling.contains(x.key))
          return caf::make_error(ec::unavailable);
        return caf::unit;
      });
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/photo_darkroom");

TEST_CASE_FIXTURE(darkroom_fixture, "photo_darkroom: makes a form once, and keeps it") {
  keep(photo, drawn::picture(".jpg"));
  for (int i = 0; i < 2; ++i) {
    const auto got = ask<opened_file>(*this, darkroom, open_file{vertical});
    settle();
    REQUIRE(got->value);
    CHECK(got->value->path == *files->path(vertical));
  }
  CHECK(count("put " + vertical.value) == 1);
  CHECK(kept(vertical).width == 1080);
  CHECK(kept(vertical).height == 1920);
}

TEST_CASE_FIXTURE(darkroom_fixture, "photo_darkroom: makes one form for all who wait for it") {
  keep(photo, drawn::picture(".jpg"));
  holds = true;
  const auto first = ask<opened_file>(*this, darkroom, open_file{vertical});
  const auto second = ask<opened_file>(*this, darkroom, open_file{vertical});
  settle();
  REQUIRE(held.size() == 1);
  CHECK_FALSE(first->value);
  held.front()();
  settle();
  CHECK(first->value);
  CHECK(second->value);
  CHECK(count("put " + vertical.value) == 1);
}

TEST_CASE_FIXTURE(darkroom_fixture, "photo_darkroom: turns and cleans what older versions kept") {
  keep(photo, drawn::picture(".jpg", {800, 600, 6, true}));
  const auto got = ask<opened_file>(*this, darkroom, open_file{upright});
  settle();
  REQUIRE(got->value);
  CHECK(kept(upright).width == 600);
  CHECK_FALSE(kept(upright).metadata);
}

TEST_CASE_FIXTURE(darkroom_fixture,
                  "photo_darkroom: says whose fault it is that there is no form") {
  const auto missing = ask<opened_file>(*this, darkroom, open_file{vertical});
  settle();
  CHECK(missing->error == caf::error{ec::file_missing});
  keep(photo, "no picture");
  const auto broken = ask<opened_file>(*this, darkroom, open_file{vertical});
  settle();
  CHECK(broken->error == caf::error{ec::rejected});
  CHECK_FALSE(fs::exists(*files->path(vertical)));
  keep(photo, drawn::picture(".jpg")); // it is asked for anew
  const auto good = ask<opened_file>(*this, darkroom, open_file{vertical});
  settle();
  CHECK(good->value);
}

TEST_CASE_FIXTURE(darkroom_fixture, "photo_darkroom: passes on whatever is no form") {
  keep(photo, drawn::picture(".jpg"));
  const auto open = ask<opened_file>(*this, darkroom, open_file{photo});
  const auto link = ask<file_link>(*this, darkroom, link_file{vertical});
  settle();
  CHECK(open->value);
  REQUIRE(link->value);
  CHECK(link->value->url == "https://bot.example/" + vertical.value);
  CHECK(asked == std::vector<std::string>{"open " + photo.value, "link " + vertical.value});
}

TEST_CASE_FIXTURE(darkroom_fixture, "photo_darkroom: drops a photo behind its forms") {
  unwilling = {upright};
  auto gone = ask<caf::unit_t>(*this, darkroom, drop_file{photo});
  settle();
  CHECK(gone->error == caf::error{ec::unavailable});
  CHECK(count("drop " + photo.value) == 0); // its forms are found by its name
  unwilling.clear();
  gone = ask<caf::unit_t>(*this, darkroom, drop_file{photo});
  settle();
  CHECK(gone->value);
  CHECK(asked.back() == "drop " + photo.value);
  CHECK(count("drop " + vertical.value) == 2);
  asked.clear();
  ask<caf::unit_t>(*this, darkroom, drop_file{storage_key{"videos/1.mp4"}});
  settle();
  CHECK(asked == std::vector<std::string>{"drop videos/1.mp4"});
}

TEST_SUITE_END();
