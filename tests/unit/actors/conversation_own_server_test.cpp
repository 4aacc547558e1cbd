#include "tests/unit/actors/conversation_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;

/// A Bot API server of one's own that runs with `--local`: its files lie on its disk.
namespace {

struct own_server_fixture : conversation_fixture {
  std::string folder = directory + "-server/1:x";
  std::string file = folder + "/photos/file_0.jpg";

  own_server_fixture() {
    std::filesystem::create_directories(folder + "/photos");
    http_answers["telegram.getFile"].assign(
      10, says(200, R"({"ok":true,"result":{"file_id":"f","file_path":")" + file + R"("}})"));
  }
  ~own_server_fixture() { std::filesystem::remove_all(directory + "-server"); }

  const http::request& last_download() const {
    return *std::find_if(requests.rbegin(), requests.rend(),
                         [](const auto& x) { return x.label == "telegram.download"; });
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/conversation_own_server");

TEST_CASE_FIXTURE(own_server_fixture, "conversation: takes a photo from the server's own disk") {
  std::ofstream{file, std::ios::binary} << drawn::picture(".png");
  send(photo_message(1));
  settle();
  CHECK(kept.size() == 1);
  CHECK(count("telegram.download") == 0);
  CHECK(std::filesystem::exists(file)); // it is the server's
  CHECK(temporary_files() == 0);
}

TEST_CASE_FIXTURE(own_server_fixture,
                  "conversation: judges what lies on the server's disk as it does anything") {
  SUBCASE("no picture") {
    std::ofstream{file} << "a text";
  }
  SUBCASE("too large") {
    std::ofstream{file, std::ios::binary} << drawn::picture(".png");
    std::filesystem::resize_file(file, 100 << 20);
  }
  send(photo_message(1));
  settle();
  CHECK(kept.empty());
  CHECK(count("telegram.download") == 0);
  CHECK(temporary_files() == 0);
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].notifications.size() == 1);
}

TEST_CASE_FIXTURE(own_server_fixture,
                  "conversation: downloads what lies on a disk that it cannot read") {
  send(photo_message(1));
  settle();
  REQUIRE(count("telegram.download") == 1);
  CHECK(last_download().url == "http://telegram.test/file/bot1:x/photos/file_0.jpg");
  CHECK(kept.size() == 1);
}

TEST_SUITE_END();
