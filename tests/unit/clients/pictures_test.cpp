#include "clients/pictures.hpp"
#include "tests/support/drawn_pictures.hpp"
#include "tests/support/pictures.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>

using namespace neurocards;
namespace drawn = test::drawn;
namespace fs = std::filesystem;

// Whatever users send, models get a JPEG that is upright and says nothing but what it shows.

namespace {

struct prepared_photo {
  pictures::outcome how;
  drawn::look shown;
  std::string bytes;
};

enum class into : uint8_t { prepared, frame };

prepared_photo make(const std::string& bytes, into wanted = into::prepared) {
  auto name = (fs::temp_directory_path() / "pictures[x=1].XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr); // a name that libvips would take for options
  const fs::path folder{name};
  const auto from = (folder / "from").string();
  const auto to = (folder / "to.jpg").string();
  std::ofstream{from, std::ios::binary} << bytes;
  prepared_photo result;
  result.how =
    wanted == into::frame ? pictures::frame_vertically(from, to) : pictures::prepare(from, to);
  std::ifstream in{to, std::ios::binary};
  result.bytes = {std::istreambuf_iterator<char>{in}, {}};
  if (!result.bytes.empty())
    result.shown = drawn::look_into(result.bytes);
  fs::remove_all(folder);
  return result;
}

/// A PNG that claims a size and has hardly any content.
std::string claimed_png(int width, int height) {
  std::string small = drawn::picture(".png", {8, 8});
  REQUIRE(small.size() > 33);
  const auto put = [&small](size_t offset, int value) {
    for (size_t i = 0; i < 4; ++i)
      small[offset + i] = static_cast<char>(value >> (24 - 8 * static_cast<int>(i)) & 255);
  };
  put(16, width);
  put(20, height);
  uint32_t crc = 0xFFFFFFFFU; // of the chunk, or the loader refuses it for that
  for (size_t i = 12; i < 29; ++i) {
    crc ^= static_cast<uint8_t>(small[i]);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  put(29, static_cast<int>(~crc));
  return small;
}

long memory_peak() { // KiB
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/pictures");

TEST_CASE("pictures: a photo that lies on its side is turned, and its place is told to nobody") {
  const auto sent = drawn::picture(".jpg", {800, 600, 6, true});
  REQUIRE(drawn::look_into(sent).metadata); // else the test proves nothing
  REQUIRE(sent.find("Neurocam") != std::string::npos);
  const auto x = make(sent);
  REQUIRE(x.how.ok());
  CHECK(x.shown.width == 600);
  CHECK(x.shown.height == 800);
  CHECK(x.how.made.width == 600);
  CHECK(x.how.found.width == 600); // as a viewer shows it
  CHECK(x.shown.red_above_right);  // it was above left before the quarter turn
  CHECK_FALSE(x.shown.metadata);
  CHECK(x.shown.orientation <= 1);
  CHECK(x.bytes.find("Exif") == std::string::npos);
  CHECK(x.bytes.find("Neurocam") == std::string::npos);
  CHECK(x.how.bytes == static_cast<int64_t>(x.bytes.size()));
}

TEST_CASE("pictures: PNG, WebP and HEIC become JPEG, and what is transparent becomes white") {
  for (const char* ending : {".png", ".webp", ".heic", ".avif"}) {
    CAPTURE(ending);
    const auto sent = drawn::picture(ending, {400, 300});
    if (sent.empty()) {
      WARN_MESSAGE(false, "this machine has no encoder for it");
      continue;
    }
    const auto found = images::sniff(sent.substr(0, 200));
    REQUIRE(found);
    const auto x = make(sent);
    REQUIRE(x.how.ok());
    CHECK(x.bytes.starts_with("\xFF\xD8\xFF"));
    CHECK(x.shown.width == 400);
    CHECK(x.shown.height == 300);
    CHECK(x.shown.red_above_left);
  }
  drawn::wish clear;
  clear.transparent = true;
  const auto x = make(drawn::picture(".png", clear));
  REQUIRE(x.how.ok());
  CHECK(x.shown.left_edge_blue > 250);
}

TEST_CASE("pictures: what is larger than models film is shrunk, and nothing is enlarged") {
  auto x = make(drawn::picture(".jpg", {5000, 2500}));
  REQUIRE(x.how.ok());
  CHECK(x.shown.width == 2048);
  CHECK(x.shown.height == 1024);
  CHECK(x.how.found.width == 5000);
  x = make(drawn::picture(".jpg", {400, 300}));
  CHECK(x.shown.width == 400);
}

TEST_CASE("pictures: a photo without a colour profile keeps its colours, dark, light and between") {
  for (const int shade : {10, 30, 128, 255})
    for (const auto wanted : {into::prepared, into::frame}) {
      CAPTURE(shade);
      drawn::wish grey;
      grey.shade = shade;
      const auto x = make(drawn::picture(".png", grey), wanted);
      REQUIRE(x.how.ok());
      CHECK(std::abs(x.shown.centre_blue - shade) <= 1);
    }
}

TEST_CASE("pictures: in a vertical frame the photo is whole, on its own blurred enlargement") {
  const auto x = make(drawn::picture(".jpg", {1600, 800}), into::frame);
  REQUIRE(x.how.ok());
  CHECK(x.shown.width == 1080);
  CHECK(x.shown.height == 1920);
  // 1080 × 540 in the middle: above it the red quarter's blur, not black.
  CHECK(x.shown.red_above_left);
  CHECK_FALSE(x.shown.metadata);
  const auto tall = make(drawn::picture(".jpg", {300, 1200}), into::frame);
  REQUIRE(tall.how.ok());
  CHECK(tall.shown.width == 1080);
  CHECK(tall.shown.height == 1920);
}

TEST_CASE("pictures: a bomb of 30,000 x 30,000 pixels costs neither memory nor time") {
  make(drawn::picture(".jpg")); // libvips itself is loaded
  const auto memory = memory_peak();
  const auto began = std::chrono::steady_clock::now();
  for (const auto& bomb : {claimed_png(30'000, 30'000), test::pictures::jpeg(30'000, 30'000),
                           test::pictures::webp(16'000, 16'000), claimed_png(2'000'000'000, 2)}) {
    const auto x = make(bomb);
    REQUIRE(x.how.fault);
    CHECK((*x.how.fault == images::fault::too_big || *x.how.fault == images::fault::broken));
    CHECK(x.bytes.empty());
  }
  CHECK(make(claimed_png(30'000, 30'000)).how.fault == images::fault::too_big);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{2});
  CHECK(memory_peak() - memory < 20'000); // of 3.6 GB that the pixels would be
}

TEST_CASE("pictures: what cannot be decoded is broken, and leaves no file") {
  auto cut = drawn::picture(".jpg", {1200, 900});
  cut.resize(cut.size() / 2);
  for (const auto& bytes : {cut, claimed_png(800, 600), std::string{"\xFF\xD8\xFF and so on"},
                            std::string{"GIF89a and so on"}, std::string{"<svg/>"},
                            std::string{"P6 1 1 255 abc"}, std::string{}}) {
    CAPTURE(bytes.substr(0, 8));
    const auto x = make(bytes);
    CHECK(x.how.fault == images::fault::broken);
    CHECK(x.bytes.empty());
  }
}

TEST_CASE("pictures: loaders that are not needed cannot be reached, whatever the bytes say") {
  for (const char* ending : {".gif", ".tif", ".jp2"}) {
    CAPTURE(ending);
    const auto bytes = drawn::picture(ending, {40, 30});
    if (!bytes.empty()) // libvips itself could read it
      CHECK(make(bytes).how.fault == images::fault::broken);
  }
}

TEST_CASE("pictures: a disk that takes nothing is our fault, not the picture's") {
  const auto from = (fs::temp_directory_path() / "pictures-from.jpg").string();
  std::ofstream{from, std::ios::binary} << drawn::picture(".jpg");
  const auto x = pictures::prepare(from, "/nowhere/at/all.jpg");
  CHECK_FALSE(x.fault);
  CHECK_FALSE(x.error.empty());
  fs::remove(from);
}

TEST_SUITE_END();
