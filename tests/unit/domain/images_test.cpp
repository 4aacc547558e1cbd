#include "domain/images.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace neurocards;
using images::fault;
using images::format;
using images::origin;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int x : values)
    out.push_back(static_cast<char>(x));
  return out;
}

std::string big16(int x) {
  return bytes({x >> 8 & 255, x & 255});
}
std::string big32(int x) {
  return big16(x >> 16 & 0xFFFF) + big16(x & 0xFFFF);
}
std::string little24(int x) {
  return bytes({x & 255, x >> 8 & 255, x >> 16 & 255});
}

std::string png(int width, int height) {
  return "\x89PNG\r\n\x1A\n" + big32(13) + "IHDR" + big32(width) + big32(height)
         + bytes({8, 2, 0, 0, 0});
}

/// `exif` bytes of an APP1 segment before the frame header `sof`.
std::string jpeg(int width, int height, int exif = 0, int sof = 0xC0) {
  std::string out = bytes({0xFF, 0xD8, 0xFF, 0xE0}) + big16(16) + "JFIF" + std::string(10, '\0');
  for (; exif > 0; exif -= 60'000) {
    const int part = std::min(exif, 60'000);
    out += bytes({0xFF, 0xE1}) + big16(part + 2) + std::string(static_cast<size_t>(part), 'x');
  }
  out += bytes({0xFF, 0xC4}) + big16(4) + "ab"; // a Huffman table is no frame header
  return out + bytes({0xFF, 0xFF, sof}) + big16(17) + bytes({8}) + big16(height) + big16(width)
         + std::string(20, '\0');
}

std::string riff(const std::string& chunk) {
  return "RIFF" + std::string(4, '\x10') + "WEBP" + chunk;
}

std::string webp_extended(int width, int height) {
  return riff("VP8X" + std::string(4, '\0') + std::string(4, '\0') + little24(width - 1)
              + little24(height - 1));
}

std::string webp_lossy(int width, int height) {
  return riff("VP8 " + std::string(7, '\0') + "\x9D\x01\x2A"
              + bytes({width & 255, width >> 8, height & 255, height >> 8}));
}

std::string webp_lossless(int width, int height) {
  const int bits = (width - 1) | (height - 1) << 14;
  return riff("VP8L" + std::string(4, '\0') + bytes({0x2F}) + little24(bits)
              + bytes({bits >> 24 & 255}) + "....");
}

struct line {
  std::string name;
  std::string file;
  format kind;
};

std::vector<line> good() {
  return {{"png", png(800, 600), format::png},
          {"baseline jpeg", jpeg(800, 600), format::jpeg},
          {"progressive jpeg", jpeg(800, 600, 0, 0xC2), format::jpeg},
          {"jpeg with 150 kB of EXIF", jpeg(800, 600, 150'000), format::jpeg},
          {"extended webp", webp_extended(800, 600), format::webp},
          {"lossy webp", webp_lossy(800, 600), format::webp},
          {"lossless webp", webp_lossless(800, 600), format::webp}};
}

std::optional<fault> fault_of(const std::string& file, origin from = origin::document,
                              const images::limits& l = {}) {
  return images::check(file, static_cast<int64_t>(file.size()), from, l).reason;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/images");

TEST_CASE("images: jpeg, png and webp are known by their bytes, with their size") {
  for (const line& x : good()) {
    INFO(x.name);
    const auto found = images::sniff(x.file);
    REQUIRE(found);
    CHECK(found->kind == x.kind);
    CHECK(found->width == 800);
    CHECK(found->height == 600);
    CHECK_FALSE(fault_of(x.file));
  }
  CHECK(images::mime_type(format::webp) == "image/webp");
  CHECK(images::file_extension(format::jpeg) == ".jpg");
}

TEST_CASE("images: whatever it calls itself, other bytes are no picture") {
  for (const std::string file : {"GIF89a..........", "%PDF-1.7", "<svg xmlns=\"\"/>",
                                 "RIFF....WAVEfmt ", "plain words", "\xFF\xD8"})
    CHECK(fault_of(file) == fault::not_an_image);
  CHECK(fault_of("") == fault::empty);
}

TEST_CASE("images: a truncated file never makes the reader stumble") {
  for (const line& x : good())
    for (size_t length = 0; length < std::min<size_t>(x.file.size(), 400); ++length) {
      const std::string part = x.file.substr(0, length);
      const auto found = images::sniff(part);
      if (found && found->width != 0)
        CHECK(found->width == 800);
      else if (found)
        CHECK(fault_of(part) == fault::broken);
    }
}

TEST_CASE("images: a size that is not in the bytes breaks a document, not Telegram's own photo") {
  const std::string cut = jpeg(800, 600).substr(0, 24);
  CHECK(fault_of(cut, origin::document) == fault::broken);
  CHECK_FALSE(fault_of(cut, origin::photo));
  // The rest of the file may hold it.
  CHECK_FALSE(images::check(cut, 5'000'000, origin::document).reason);
}

TEST_CASE("images: limits are those of the service") {
  images::limits l;
  CHECK(images::check(png(800, 600), 10'000'000, origin::document, l).accepted());
  CHECK(images::check(png(800, 600), 10'000'001, origin::document, l).reason == fault::too_large);
  CHECK(fault_of(png(10'001, 5'000)) == fault::too_big);
  CHECK(fault_of(png(2'000, 99)) == fault::too_narrow);
  CHECK_FALSE(fault_of(png(2'000, 100)));
  CHECK_FALSE(fault_of(png(1, 1)));
  l.min_side = 256;
  CHECK(fault_of(png(800, 255), origin::photo, l) == fault::too_small);
  CHECK(fault_of(png(0, 600)) == fault::broken);
  CHECK(fault_of(png(-1, 600)) == fault::broken); // 2^32 - 1
  for (int i = 0; i <= static_cast<int>(fault::too_narrow); ++i)
    CHECK_FALSE(images::to_string(static_cast<fault>(i)).empty());
}

TEST_CASE("images: random damage makes no answer absurd") {
  std::mt19937 random{11};
  const auto files = good();
  for (int round = 0; round < 20'000; ++round) {
    std::string file = files[random() % files.size()].file.substr(0, 500);
    for (int i = 0; i < 4; ++i)
      file[random() % file.size()] = static_cast<char>(random());
    const auto found =
      images::sniff(std::string_view{file}.substr(0, random() % (file.size() + 1)));
    if (found)
      REQUIRE((found->width >= 0 && found->width <= 1'000'000
               && (found->width == 0) == (found->height == 0)));
  }
}

TEST_SUITE_END();
