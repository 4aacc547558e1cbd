#include "clients/risky_try.hpp"
#include "domain/texts.hpp"
#include "tests/support/pictures.hpp"
#include "tests/unit/actors/conversation_fixture.hpp"

#include <fstream>

using namespace neurocards;
using namespace neurocards::test;

namespace {

using strings = std::vector<std::string>;

} // namespace

// ── photos ───────────────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/conversation_photos");

TEST_CASE_FIXTURE(conversation_fixture, "conversation: has the photo in storage before the step") {
  hold_commits = true;
  send(photo_message(1));
  settle();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].key.value.starts_with("photos/"));
  CHECK(kept[0].key.value.ends_with(".ready-800x600.jpg"));
  CHECK(kept[0].content_type == "image/jpeg");
  CHECK(history == strings{"load 1", "commit 1"});
  release();
  REQUIRE(applied.size() == 1);
  REQUIRE(applied[0].session);
  const auto session = flow::parse_session(applied[0].session->state, applied[0].session->data);
  REQUIRE(session.value.order);
  CHECK(session.value.order->photo == kept[0].key);
  CHECK(temporary_files() == 0);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: fetches a photo once however often it commits") {
  commit_faults = {ec::unavailable, ec::timed_out, ec::unavailable};
  send(photo_message(1));
  advance(1min);
  CHECK(applied.size() == 1);
  CHECK(count("telegram.download") == 1);
  CHECK(kept.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: refuses what is no picture, and keeps nothing") {
  photo = "GIF89a and so on";
  const auto done = send(photo_message(1));
  settle();
  CHECK(done->value);
  CHECK(kept.empty());
  CHECK(temporary_files() == 0);
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].notifications.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: refuses a photo on which the process has ended three times") {
  const auto folder = std::filesystem::path{files->temporary_file("")}.parent_path();
  std::filesystem::create_directories(folder);
  const auto note = storage::risky_try::note_of(folder.string(), "file-1");
  SUBCASE("three times") {
    std::ofstream{note} << "...";
    send(photo_message(1));
    settle();
    CHECK(kept.empty());
    REQUIRE(applied.size() == 1);
    CHECK(applied[0].notifications.size() == 1);
    CHECK(std::filesystem::exists(note)); // whoever sends it again ends nothing either
    CHECK(temporary_files() == 1);
    send(photo_message(2)); // another photo is decoded as ever
    settle();
    CHECK(kept.size() == 1);
  }
  SUBCASE("twice") {
    std::ofstream{note} << "..";
    send(photo_message(1));
    settle();
    CHECK(kept.size() == 1);
    CHECK_FALSE(std::filesystem::exists(note)); // this time it ended well
  }
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: notes that a photo is being decoded before it is") {
  const auto folder = std::filesystem::path{files->temporary_file("")}.parent_path();
  std::filesystem::create_directories(folder);
  const auto note = storage::risky_try::note_of(folder.string(), "picture");
  {
    const storage::risky_try decoding{folder.string(), "picture"};
    CHECK_FALSE(decoding.is_hopeless());
    CHECK(std::filesystem::file_size(note) == 1);
  }
  CHECK_FALSE(std::filesystem::exists(note));
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: refuses what is too large, wherever it shows") {
  SUBCASE("Telegram will not hand it to bots") {
    http_answers["telegram.getFile"] = {
      says(400, R"({"ok":false,"error_code":400,"description":"Bad Request: file is too big"})")};
  }
  SUBCASE("Telegram tells its size") {
    http_answers["telegram.getFile"] = {
      says(200, R"({"ok":true,"result":{"file_id":"f","file_path":"p","file_size":10000001}})")};
  }
  SUBCASE("the download does not end") {
    http::response endless;
    endless.outcome = http::outcome::too_large;
    http_answers["telegram.download"] = {endless};
  }
  const auto done = send(photo_message(1));
  settle();
  CHECK(done->value);
  CHECK(kept.empty());
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].notifications.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: counts no wait in our own line as a failed try") {
  http::response waited;
  waited.outcome = http::outcome::not_started;
  http_answers["telegram.download"].assign(9, waited);
  send(photo_message(1));
  advance(5min);
  CHECK(count("telegram.download") == 10);
  CHECK(kept.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: tries a photo a few times, then asks for another") {
  http_answers["telegram.download"] = {no_connection(), says(404, ""), no_connection(),
                                       says(502, "")};
  const auto done = send(photo_message(1));
  settle();
  CHECK(count("telegram.download") == 1);
  advance(1min);
  CHECK(count("telegram.download") == 4);
  CHECK(count("telegram.getFile") == 4); // an address does not live for ever
  CHECK(done->value);
  CHECK(kept.empty());
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].notifications.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: gets the photo although the first tries failed") {
  http_answers["telegram.getFile"] = {says(502, "<html>"), no_connection()};
  http_answers["telegram.download"] = {says(404, "")};
  send(photo_message(1));
  advance(1min);
  CHECK(kept.size() == 1);
  CHECK(temporary_files() == 0);
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: waits as long as Telegram says, but not minutes") {
  const auto flooded = [](int seconds) {
    return says(429, R"({"ok":false,"error_code":429,"description":"Too Many Requests",)"
                     R"("parameters":{"retry_after":)"
                       + std::to_string(seconds) + "}}");
  };
  http_answers["telegram.getFile"] = {flooded(7)};
  send(photo_message(1));
  advance(6s);
  CHECK(count("telegram.getFile") == 1);
  advance(2s);
  CHECK(count("telegram.getFile") == 2);
  CHECK(kept.size() == 1);

  http_answers["telegram.getFile"] = {flooded(300)};
  const auto done = send(photo_message(2));
  settle();
  CHECK(done->value); // asks the user to send it again later
  CHECK(kept.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation: asks again when the photo cannot be kept") {
  put_faults = {ec::storage_full};
  const auto done = send(photo_message(1));
  advance(1min);
  CHECK(done->value);
  CHECK(kept.empty());
  CHECK(temporary_files() == 0);
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].notifications.size() == 1);
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation: answers an album once") {
  hold_downloads = true;
  for (const int id : {1, 2, 3})
    send(photo_message(id, "album"));
  settle();
  hold_downloads = false;
  release();
  CHECK(applied.size() == 3);
  size_t replies = 0;
  for (const auto& x : applied)
    replies += x.notifications.size();
  CHECK(replies == 1);
}

// ── what a file is, its bytes say ────────────────────────────────────────────────────────────────

namespace {

telegram::incoming file_message(int64_t id, std::string name, std::string type) {
  telegram::message message;
  message.message_id = id;
  message.content = type.starts_with("image/") ? telegram::content_kind::image_document
                                               : telegram::content_kind::document;
  message.file = telegram::file_ref{"file", "u", std::move(name), std::move(type), 0, 0, 0};
  return conversation_fixture::update(id, message);
}

} // namespace

TEST_CASE_FIXTURE(conversation_fixture, "conversation: takes a picture under any name and type") {
  photo = drawn::picture(".jpg", {720, 960});
  int64_t id = 0;
  for (const auto& [name, type] : {std::pair{"IMG.JPG", "application/octet-stream"},
                                   {"photo", ""},
                                   {"x.heic", "image/heic"},
                                   {"x.pdf", "application/pdf"}}) {
    CAPTURE(type);
    send(file_message(++id, name, type));
    settle();
    REQUIRE(kept.size() == static_cast<size_t>(id));
    CHECK(kept.back().content_type == "image/jpeg");
    CHECK(kept.back().key.value.ends_with("-720x960.jpg"));
  }
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: says what a file is that only claims to be one") {
  const std::pair<std::string, std::string> table[] = {
    {std::string{"\xFF\x0A"} + "and so on", "JPEG XL"},
    {"%PDF-1.7 and so on", "PDF"},
    {"GIF89a and so on", "GIF"}};
  int64_t id = 0;
  for (const auto& [bytes, name] : table) {
    photo = bytes;
    send(file_message(++id, "IMG.jpg", "image/jpeg"));
    settle();
    REQUIRE(applied.size() == static_cast<size_t>(id));
    REQUIRE(applied.back().notifications.size() == 1);
    CHECK(applied.back().notifications[0].payload.find(name) != std::string::npos);
  }
  CHECK(kept.empty());
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: finds the size behind a megabyte of metadata") {
  std::string file = pictures::bytes({0xFF, 0xD8});
  for (int i = 0; i < 20; ++i)
    file += pictures::bytes({0xFF, 0xE2}) + pictures::big16(60'002) + std::string(60'000, 'x');
  photo = file + drawn::picture(".jpg", {1280, 960}).substr(2);
  send(file_message(1, "IMG.jpg", "image/jpeg"));
  settle();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].key.value.ends_with("-1280x960.jpg"));
}

// ── prepared ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(
  conversation_fixture,
  "conversation: keeps of a photo what models may see, and not where it was taken") {
  photo = drawn::picture(".jpg", {800, 600, 6, true});
  std::string kept_bytes;
  look_at_kept = [&kept_bytes](const std::string& bytes) { kept_bytes = bytes; };
  send(file_message(1, "IMG.jpg", "image/jpeg"));
  settle();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].key.value.ends_with(".ready-600x800.jpg"));
  const auto shown = drawn::look_into(kept_bytes);
  CHECK(shown.width == 600);
  CHECK_FALSE(shown.metadata);
  CHECK(temporary_files() == 0);
}

TEST_CASE_FIXTURE(conversation_fixture, "conversation: takes HEIC and WebP sent as files") {
  settings.photo = images::sendable;
  talk = start();
  int64_t id = 0;
  for (const char* ending : {".heic", ".webp"}) {
    photo = drawn::picture(ending, {720, 960});
    if (photo.empty())
      continue; // no encoder here
    send(file_message(++id, std::string{"IMG"} + ending, "application/octet-stream"));
    settle();
    REQUIRE(kept.size() == static_cast<size_t>(id));
    CHECK(kept.back().key.value.ends_with(".ready-720x960.jpg"));
  }
}

TEST_CASE_FIXTURE(conversation_fixture,
                  "conversation: refuses a photo that is cut off, and one of too many pixels") {
  settings.photo = images::sendable;
  talk = start();
  const auto whole = drawn::picture(".jpg", {1200, 900});
  const std::pair<std::string, std::string> table[] = {
    {whole.substr(0, whole.size() / 2), "повреждён"},
    {pictures::jpeg(30'000, 30'000), "30000×30000"}};
  int64_t id = 0;
  for (const auto& [bytes, words] : table) {
    CAPTURE(words);
    photo = bytes;
    send(file_message(++id, "IMG.jpg", "image/jpeg"));
    settle();
    REQUIRE(applied.size() == static_cast<size_t>(id));
    REQUIRE(applied.back().notifications.size() == 1);
    CHECK(applied.back().notifications[0].payload.find(words) != std::string::npos);
  }
  CHECK(kept.empty());
  CHECK(temporary_files() == 0);
}

TEST_SUITE_END();
