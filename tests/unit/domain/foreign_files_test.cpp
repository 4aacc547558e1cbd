#include "domain/foreign_files.hpp"

#include "talk.hpp"

using namespace neurocards;
using namespace neurocards::test;
using namespace std::string_literals;
using foreign_files::advice;

TEST_SUITE_BEGIN("unit/domain/foreign_files");

TEST_CASE("foreign files: files that are no pictures are known by their bytes") {
  struct {
    std::string file;
    std::string name;
    advice then;
  } const table[] = {
    {"\0\0\0\x18"s + "ftypheic\0\0\0\0mif1heic"s, "HEIC", advice::as_photo},
    {"\0\0\0\x18"s + "ftypmif1\0\0\0\0mif1heic"s, "HEIC", advice::as_photo},
    {"\0\0\0\x1C"s + "ftypmif1\0\0\0\0mif1avif"s, "AVIF", advice::as_photo},
    {"\0\0\0\x1C"s + "ftypavif\0\0\0\0"s, "AVIF", advice::as_photo},
    {"GIF89a....", "GIF", advice::one_still},
    {"II*\0\x08\0\0\0"s, "TIFF", advice::as_photo},
    {"MM\0*\0\0\0\x08"s, "TIFF", advice::as_photo},
    {"%PDF-1.7\n", "PDF", advice::screenshot},
    {"BM6\0\0\0"s, "BMP", advice::as_photo},
    {"PK\3\4....", "ZIP", advice::unpack},
    {"\0\0\0\x20"s + "ftypisom\0\0\2\0"s, "MP4", advice::one_still},
    {"\0\0\0\x14"s + "ftypqt  \0\0\0\0"s, "MOV", advice::one_still},
    {"\x1A\x45\xDF\xA3....", "WebM", advice::one_still},
    {"ID3\3....", "MP3", advice::not_sight},
    {"<?xml version=\"1.0\"?>\n<svg xmlns=\"\"/>", "SVG", advice::as_photo},
    {"8BPS\0\1"s, "PSD", advice::screenshot},
    {"\xFF\x0A....", "JPEG XL", advice::as_photo},
    {"plain words", "", advice::none},
    {"", "", advice::none},
    {"ftypheic", "", advice::none},
  };
  for (const auto& x : table) {
    CAPTURE(x.name);
    const auto found = foreign_files::kind_of(x.file);
    CHECK(found.name == x.name);
    CHECK(found.then == x.then);
    for (size_t length = 0; length < x.file.size(); ++length)
      (void)foreign_files::kind_of(std::string_view{x.file}.substr(0, length));
  }
}

TEST_CASE("foreign files: a file may be a photo whatever its sender declares") {
  for (const auto& [name, type] : {std::pair{"IMG_0001.JPG", "application/octet-stream"},
                                   {"photo", ""},
                                   {"IMG_2.heic", "image/heic"},
                                   {"scan.pdf", "application/pdf"},
                                   {"a.mp4", "video/mp4"}}) {
    CAPTURE(name);
    talk t = talk::known();
    for (const auto kind :
         {telegram::content_kind::document, telegram::content_kind::image_document}) {
      telegram::message m = test::message_of(kind, "Кружка");
      m.file = telegram::file_ref{"BQA", "u", name, type, 0, 0, 200'000};
      const int before = t.fetched;
      t.send(m);
      CHECK(t.fetched == before + 1);
      CHECK(t.state == "awaiting_template");
    }
  }
}

TEST_CASE("foreign files: a file that is no photo is called by its name, with what to do") {
  talk t = talk::known();
  telegram::message m = test::message_of(telegram::content_kind::document);
  m.file = telegram::file_ref{"BQA", "u", "IMG_2.jpg", "image/jpeg", 0, 0, 200'000};
  t.next_photo = flow::photo_rejected{
    images::fault::not_an_image, {}, {}, {"HEIC", foreign_files::advice::as_photo}};
  t.send(m);
  CHECK(t.said().find("HEIC") != std::string::npos);
  CHECK(t.said().find("как фото") != std::string::npos);
  t.next_photo = flow::photo_rejected{
    images::fault::not_an_image, {}, {}, {"PDF", foreign_files::advice::screenshot}};
  t.send(m);
  CHECK(t.said().find("PDF") != std::string::npos);
  CHECK(t.said().find("снимок экрана") != std::string::npos);
  CHECK(t.state == "awaiting_photo");
}

TEST_SUITE_END();
