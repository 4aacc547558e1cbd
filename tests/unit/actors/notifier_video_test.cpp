#include "tests/unit/actors/notifier_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

constexpr int64_t ann = 501;
constexpr int64_t bob = 502;
const int64_t max_upload = notifications::notification_config{}.max_upload_bytes;

} // namespace

TEST_SUITE_BEGIN("unit/actors/notifier_video");

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: uploads a new video once and remembers Telegram's id of it") {
  telegram_says = [&](const seen&) { return ok("file-1"); };
  const auto id = write_video(ann);
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "sendVideo");
  CHECK(!requests[0].file.empty());
  CHECK(requests[0].text.find("✅ Видео готово!") != std::string::npos);
  CHECK(endings.at(id).sent);
  CHECK(endings.at(id).file_id == "file-1");
  CHECK(files_left() == 0);
}

TEST_CASE_FIXTURE(
  notifier_fixture,
  "notifier: sends a late video from its own file, and leaves the job's video alone") {
  telegram_says = [&](const seen&) { return ok("file-of-the-gift"); };
  const auto id = write_video(ann, "file-of-the-job");
  auto& gift = outbox.at(id).notification;
  gift.kind = notification_kind::late_video;
  gift.payload = R"({"video": "videos/gift.mp4", "bytes": 1000})";
  stored["videos/gift.mp4"] = stored.at(gift.video.value);
  stored.erase(gift.video.value);
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(!requests[0].file.empty());
  CHECK(endings.at(id).sent);
  CHECK(endings.at(id).file_id.empty());
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: sends a known video by its id") {
  const auto id = write_video(ann, "file-1");
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].video == "file-1");
  CHECK(opens == 0);
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: uploads again when Telegram has forgotten the id") {
  telegram_says = [&](const seen& x) {
    return x.file.empty() ? refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
                          : ok("file-2");
  };
  const auto id = write_video(ann, "stale");
  lead();
  advance(10s);
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].video == "stale");
  CHECK(!requests[1].file.empty());
  CHECK(endings.at(id).file_id == "file-2");
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: sends a link to what is too large to upload") {
  const auto id = write_video(ann, {}, max_upload + 1);
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "sendMessage");
  CHECK(requests[0].text.find(link) != std::string::npos);
  CHECK(opens == 0);
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: sends a link when the file turns out larger than told") {
  const auto id = write_video(ann);
  stored.begin()->second.bytes = max_upload + 1;
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].text.find(link) != std::string::npos);
  CHECK(endings.at(id).sent);
  CHECK(files_left() == 0);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: sends a link when Telegram refuses the upload") {
  telegram_says = [&](const seen& x) {
    return x.method == "sendVideo" ? refusal(413, "Request Entity Too Large") : ok();
  };
  const auto id = write_video(ann);
  lead();
  advance(10s);
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].text.find(link) != std::string::npos);
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(
  notifier_fixture,
  "notifier: sends a video that Telegram cannot use as a link, and drops that at last") {
  bool takes_links = true;
  telegram_says = [&](const seen& x) {
    return x.method != "sendVideo" && takes_links
             ? ok()
             : refusal(400, "Bad Request: VIDEO_CONTENT_TYPE_INVALID");
  };
  const auto id = write_video(ann, "stale");
  lead();
  advance(10s);
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].video == "stale");
  CHECK(!requests[1].file.empty());
  CHECK(requests[2].text.find(link) != std::string::npos);
  CHECK(endings.at(id).sent);
  CHECK(files_left() == 0);
  takes_links = false;
  const auto lost = write_video(ann);
  advance(1min);
  CHECK(requests.size() == 5);
  CHECK_FALSE(endings.at(lost).sent);
  CHECK(endings.at(lost).error.find("VIDEO_CONTENT_TYPE_INVALID") != std::string::npos);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: tries each form of a video once") {
  telegram_says = [&](const seen& x) {
    return x.marked_up ? refusal(400, "Bad Request: can't parse entities: x")
                       : refusal(400, "Bad Request: wrong file identifier/HTTP URL specified");
  };
  const auto id = write_video(ann, "stale");
  lead();
  advance(10min);
  CHECK(requests.size() == 4); // marked up, plain, uploaded, as a link
  CHECK_FALSE(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: delays nobody while videos go up slowly") {
  latency = [](const seen& x) { return x.file.empty() ? 100ms : 3min; };
  for (int i = 1; i <= 20; ++i)
    write_video(i);
  lead();
  advance(1s);
  CHECK(requests.size() == 8); // as many uploads as run at once
  for (int i = 0; i < 10; ++i) {
    write(bob, "hello");
    tell(wake_atom_v);
    CHECK(requests.back().chat == bob);
    CHECK(requests.back().at == now());
    advance(1200ms);
  }
  advance(10min);
  CHECK(sent() == 30);
  CHECK(files_left() == 0);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: waits for a storage that is out of reach") {
  storage_fault = ec::unavailable;
  const auto id = write_video(ann);
  lead();
  advance(5s);
  CHECK(requests.empty());
  CHECK(outbox.at(id).notification.tries > 0);
  storage_fault = ec::none;
  advance(30s);
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: opens a video anew when this machine failed to read it") {
  int calls = 0;
  telegram_says = [&](const seen&) {
    return ++calls == 1 ? failure(http::outcome::local_fault) : ok("file-1");
  };
  const auto id = write_video(ann);
  lead();
  advance(10s);
  CHECK(opens == 2);
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: still tells of a video whose file is lost") {
  storage_fault = ec::file_missing;
  const auto id = write_video(ann);
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "sendMessage");
  CHECK(endings.at(id).sent);
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: removes opened files when it loses the lock") {
  rates = {0.001, 1}; // the uploads stand ready and wait for their turns
  for (int i = 1; i <= 5; ++i)
    write_video(i);
  lead();
  advance(1s);
  CHECK(opens == 5);
  tell(lost_atom_v);
  advance(1min);
  CHECK(files_left() == 0);
  CHECK(requests.empty());
}

TEST_CASE_FIXTURE(notifier_fixture,
                  "notifier: removes a file that was opened too late for its term") {
  open_time = 5s;
  write_video(ann);
  lead();
  tell(lost_atom_v);
  advance(10s);
  CHECK(opens == 1);
  CHECK(files_left() == 0);
  CHECK(requests.empty());
}

TEST_CASE_FIXTURE(notifier_fixture, "notifier: shows a photo from the storage, or says its words") {
  const auto preview = [&] {
    return write(ann, "photo_preview", R"({"photo": "photos/1.ready-1200x800.jpg"})");
  };
  const auto put = [&] {
    const auto video = outbox.at(write_video(bob)).notification.video.value;
    stored["photos/1.ready-1200x800.jpg.vertical.jpg"] = stored.at(video);
    std::erase_if(outbox, [](const auto& x) { return x.second.notification.chat.value == bob; });
  };
  const auto without = [&](const std::string& why) {
    const auto id = preview();
    requests.clear();
    tell(outbox_hint{});
    advance(5s);
    CAPTURE(why);
    REQUIRE_FALSE(requests.empty());
    CHECK(requests.back().method == "sendMessage");
    CHECK(requests.back().text.starts_with("🖼 Видео вертикальное"));
    CHECK(endings.at(id).sent);
  };
  put();
  const auto id = preview();
  lead();
  advance(5s);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "sendPhoto");
  CHECK_FALSE(requests[0].file.empty());
  CHECK(requests[0].text.starts_with("🖼 Видео вертикальное"));
  CHECK(endings.at(id).sent);
  CHECK(files_left() == 0);

  for (const auto fault : {ec::file_missing, ec::unavailable, ec::rejected}) {
    storage_fault = fault;
    without(to_string(fault));
  }
  storage_fault = ec::none;
  put();
  telegram_says = [&](const seen& x) {
    return x.method == "sendPhoto" ? refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS") : ok();
  };
  without("refused");
  CHECK(files_left() == 0);
}

TEST_SUITE_END();
