#include "domain/video_container.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

using namespace neurocards;

namespace {

std::string number(uint64_t x, size_t width) {
  std::string result(width, '\0');
  for (size_t i = 0; i < width; ++i)
    result[width - 1 - i] = static_cast<char>(x >> (8 * i));
  return result;
}

std::string box(const std::string& type, const std::string& content) {
  return number(8 + content.size(), 4) + type + content;
}

std::string zeros(size_t bytes) {
  return std::string(bytes, '\0');
}

std::string length_box(const char* type, uint32_t scale, uint64_t units, int version = 0) {
  if (version == 1)
    return box(type, number(1, 1) + zeros(19) + number(scale, 4) + number(units, 8) + zeros(80));
  return box(type, zeros(12) + number(scale, 4) + number(units, 4) + zeros(80));
}

constexpr uint64_t one = 0x10000;
constexpr uint64_t minus_one = 0xffff0000;
using matrix = std::array<uint64_t, 4>; // a b c d
constexpr matrix upright{one, 0, 0, one};
constexpr matrix quarter{0, one, minus_one, 0};
constexpr matrix half{minus_one, 0, 0, minus_one};

std::string track_header(uint32_t width, uint32_t height, const matrix& m, int version = 0) {
  const auto times =
    version == 1 ? zeros(16) + number(1, 4) + zeros(12) : zeros(8) + number(1, 4) + zeros(8);
  return box("tkhd", number(static_cast<uint64_t>(version), 1) + zeros(3) + times + zeros(16)
                       + number(m[0], 4) + number(m[1], 4) + zeros(4) + number(m[2], 4)
                       + number(m[3], 4) + zeros(16) + number(width * one, 4)
                       + number(height * one, 4));
}

std::string media(const char* handler, uint32_t scale = 600, uint64_t units = 0,
                  const std::string& table = {}) {
  return box("mdia", length_box("mdhd", scale, units) + box("hdlr", zeros(8) + handler + zeros(13))
                       + table);
}

std::string sound() {
  return box("trak", track_header(0, 0, upright) + media("soun", 48000, 480000));
}

std::string picture(uint32_t width, uint32_t height, const matrix& m = upright, int version = 0) {
  return box("trak", track_header(width, height, m, version) + media("vide", 600, 9000));
}

std::string movie(const std::string& tracks, uint64_t units = 9000, int version = 0) {
  return box("moov", length_box("mvhd", 600, units, version) + tracks);
}

const std::string ftyp = box("ftyp", "isom" + zeros(4) + "isomiso2mp41");

video_facts facts_in(const std::string& file) {
  const auto read = [&](int64_t offset, size_t bytes) {
    return static_cast<size_t>(offset) > file.size()
             ? std::string{}
             : file.substr(static_cast<size_t>(offset), bytes);
  };
  return videos::facts_of(read, static_cast<int64_t>(file.size()));
}

std::string fragment(uint64_t begin, uint32_t samples, uint32_t each) {
  const auto head = box("tfhd", zeros(4) + number(1, 4));
  const auto time = box("tfdt", zeros(4) + number(begin, 4));
  const auto run = box(
    "trun", number(0x100, 4) + number(samples, 4) + [&] {
      std::string all;
      for (uint32_t i = 0; i < samples; ++i)
        all += number(each, 4);
      return all;
    }());
  return box("moof", box("mfhd", zeros(8)) + box("traf", head + time + run))
         + box("mdat", zeros(50));
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/video_container");

TEST_CASE("videos: size and length are read from wherever the file has them") {
  const auto data = box("mdat", zeros(5000));
  const auto large_data = number(1, 4) + "mdat" + number(16 + 5000, 8) + zeros(5000);
  const auto plain = movie(sound() + picture(720, 1280));
  const struct {
    const char* name;
    std::string file;
    video_facts facts;
  } table[] = {
    {"moov in front", ftyp + plain + data, {720, 1280, 15}},
    {"moov at the end", ftyp + data + plain, {720, 1280, 15}},
    {"data with a size of 64 bits", ftyp + large_data + plain, {720, 1280, 15}},
    {"data to the end of the file",
     ftyp + plain + number(0, 4) + "mdat" + zeros(99),
     {720, 1280, 15}},
    {"turned by a quarter", ftyp + movie(picture(1920, 1080, quarter)), {1080, 1920, 15}},
    {"upside down", ftyp + movie(picture(1920, 1080, half)), {1920, 1080, 15}},
    {"a matrix of zeros", ftyp + movie(picture(640, 480, {0, 0, 0, 0})), {640, 480, 15}},
    {"times of 64 bits", ftyp + movie(picture(640, 480, upright, 1), 9000, 1), {640, 480, 15}},
    {"QuickTime", box("ftyp", "qt  " + zeros(8)) + box("wide", "") + data + plain, {720, 1280, 15}},
    {"no ftyp", plain, {720, 1280, 15}},
    {"a length of less than a second", ftyp + movie(picture(64, 64), 60), {64, 64, 1}},
    {"a length that rounds up", ftyp + movie(picture(64, 64), 9050 + 290), {64, 64, 16}},
    {"the movie does not know its length", ftyp + movie(picture(64, 64), 0), {64, 64, 15}},
  };
  for (const auto& x : table) {
    CAPTURE(x.name);
    const auto found = facts_in(x.file);
    CHECK(found.width == x.facts.width);
    CHECK(found.height == x.facts.height);
    CHECK(found.seconds == x.facts.seconds);
  }
}

TEST_CASE("videos: the coded size stands in where the track names none") {
  const auto entry = number(100, 4) + "avc1" + zeros(24) + number(854, 2) + number(480, 2);
  const auto table = box("minf", box("stbl", box("stsd", zeros(4) + number(1, 4) + entry)));
  const auto trak = box("trak", track_header(0, 0, upright) + media("vide", 600, 9000, table));
  CHECK(facts_in(ftyp + movie(trak)) == video_facts{854, 480, 15});
}

TEST_CASE("videos: a fragmented file is as long as its fragments") {
  const auto defaults = box("mvex", box("trex", zeros(4) + number(1, 4) + zeros(12)));
  const auto summed =
    ftyp + movie(picture(720, 1280) + defaults, 0) + fragment(0, 10, 300) + fragment(3000, 10, 300);
  CHECK(facts_in(summed) == video_facts{720, 1280, 10});
  const auto told = box("mvex", box("mehd", zeros(4) + number(4800, 4)));
  CHECK(facts_in(ftyp + movie(picture(720, 1280) + told, 0)) == video_facts{720, 1280, 8});
}

TEST_CASE("videos: what is no video, or damaged, says nothing and does no harm") {
  CHECK_FALSE(facts_in("").known());
  CHECK_FALSE(facts_in("<html>502 Bad Gateway</html>").known());
  CHECK_FALSE(facts_in(ftyp + movie(sound())).known());
  CHECK_FALSE(facts_in(ftyp + movie(picture(60'000, 60'000))).known());
  CHECK_FALSE(facts_in(ftyp + number(4, 4) + "moov").known()); // a size that cannot be
  const auto whole = ftyp + movie(picture(720, 1280)) + box("mdat", zeros(100));
  CHECK(facts_in(whole.substr(0, whole.size() - 60)) == video_facts{720, 1280, 15}); // cut off
  std::mt19937 random{20261129};
  for (int i = 0; i < 2000; ++i) {
    auto damaged = whole;
    for (int k = 0; k < 4; ++k)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto found = facts_in(damaged);
    CHECK(found.width <= 16'384);
    CHECK(found.seconds <= 24 * 3600);
  }
}

TEST_SUITE_END();
