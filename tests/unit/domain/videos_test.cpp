#include "domain/videos.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace neurocards;

namespace {

/// A box `ftyp` of `size` bytes with that brand, and what follows it.
std::string file(unsigned size, const std::string& brand) {
  std::string result{'\0', '\0', static_cast<char>(size >> 8), static_cast<char>(size & 0xff)};
  return result + "ftyp" + brand + std::string(20, '\0') + "moov";
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/videos");

TEST_CASE("videos: a video is known by its first bytes, and nothing else passes for one") {
  struct row {
    const char* name;
    std::string bytes;
    bool is;
  };
  const std::vector<row> table{
    {"the usual brand", file(32, "isom"), true},
    {"of Apple's and Google's tools", file(24, "mp42"), true},
    {"H.264", file(28, "avc1"), true},
    {"QuickTime, which players take as well", file(20, "qt  "), true},
    {"a brand of the future", file(32, "iso9"), true},
    {"exactly as much as is looked at", file(16, "mp41").substr(0, 12), true},
    {"nothing", "", false},
    {"cut off", file(32, "isom").substr(0, 11), false},
    {"an error page", "<!DOCTYPE html><html><body>502 Bad Gateway", false},
    {"an error in JSON", R"({"code":404,"msg":"file not found"})", false},
    {"a JPEG", std::string{"\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1", 14}, false},
    {"a WebM", std::string{"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\1\x42\xF7\x81", 12}, true},
    {"an old QuickTime", std::string{"\0\0\0\x08wide\0\1\2\3mdat", 16}, true},
    {"a QuickTime that begins with its contents", std::string{"\0\0\1\2moov\0\0\0\x6Cmvhd", 16},
     true},
    {"text that names another box", "say moov and mdat", false},
    {"an AVI", std::string{"RIFF\x24\0\0\0AVI LIST", 16}, false},
    {"a picture in the same container", file(24, "heic"), false},
    {"another", file(28, "avif"), false},
    {"sound in the same container", file(24, "M4A "), false},
    {"a box too short to name a brand", file(8, "isom"), false},
    {"a box of an odd size", file(33, "isom"), false},
    {"a box of absurd size", file(0xFFFF, "isom"), false},
    {"text that names the box", "say ftypisom", false},
  };
  for (const auto& x : table)
    CHECK_MESSAGE(videos::is_video(x.bytes) == x.is, x.name);
}

TEST_SUITE_END();
