#include "tests/unit/actors/notifier_fixture.hpp"

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

/// What is unimportant or stuck holds up nothing that was paid for.
namespace {

constexpr int64_t ann = 501;

struct order_fixture : notifier_fixture {
  http::response broken() { return refusal(500, "Internal Server Error"); }

  int64_t write_edit(int64_t chat) {
    return write(chat, "card", R"({"total": 1, "making": 1, "message_id": 77})");
  }

  /// The first request of a method; its time counts from `since`.
  std::optional<caf::timespan> after(time_point since, const std::string& text) const {
    for (const auto& x : requests)
      if (x.text.find(text) != std::string::npos)
        return x.at - since;
    return std::nullopt;
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/notifier_order");

TEST_CASE_FIXTURE(order_fixture,
                  "notifier: sends the rest of a chat, and a link, while its video is refused") {
  telegram_says = [&](const seen& x) { return x.method == "sendVideo" ? broken() : ok(); };
  const auto began = now();
  const auto video = write_video(ann);
  const auto other = write(ann, "balance: 3");
  lead();
  advance(1min);
  CHECK(endings.at(video).sent);
  CHECK(endings.at(other).sent);
  CHECK(after(began, link).value() < 20s);
  CHECK(after(began, "balance: 3").value() < 20s);
  CHECK(files_left() == 0);
}

TEST_CASE_FIXTURE(order_fixture,
                  "notifier: lets the chat pass a stuck video for which there is no link") {
  link.clear();
  bool broken_yet = true;
  telegram_says = [&](const seen& x) {
    return x.method == "sendVideo" && broken_yet ? broken() : ok("file-1");
  };
  const auto video = write_video(ann);
  const auto other = write(ann, "balance: 3");
  lead();
  advance(1min);
  CHECK(endings.at(other).sent);
  CHECK(!endings.contains(video));
  CHECK(outbox.at(video).aside);
  broken_yet = false;
  advance(11min);
  CHECK(endings.at(video).file_id == "file-1");
}

TEST_CASE_FIXTURE(order_fixture, "notifier: sends a link when uploads of a chat are not answered") {
  telegram_says = [&](const seen& x) {
    return x.method == "sendVideo" ? failure(http::outcome::interrupted) : ok();
  };
  latency = [](const seen& x) { return x.method == "sendVideo" ? 30s : 100ms; };
  const auto video = write_video(ann);
  const auto other = write(ann, "balance: 3");
  lead();
  advance(2min);
  CHECK(endings.at(video).sent);
  CHECK(endings.at(other).sent);
  CHECK(opens == 1);
}

TEST_CASE_FIXTURE(order_fixture, "notifier: uploads a known video whose id only makes trouble") {
  telegram_says = [&](const seen& x) {
    return x.method == "sendVideo" && x.file.empty() ? broken() : ok("file-2");
  };
  const auto video = write_video(ann, "file-1");
  lead();
  advance(1min);
  CHECK(endings.at(video).file_id == "file-2");
}

TEST_CASE_FIXTURE(order_fixture, "notifier: sends a video as one after an outage of Telegram") {
  bool down = true;
  telegram_says = [&](const seen&) { return down ? broken() : ok("file-1"); };
  const auto video = write_video(ann);
  lead();
  advance(5min);
  down = false;
  advance(11min);
  CHECK(endings.at(video).file_id == "file-1");
}

TEST_CASE_FIXTURE(order_fixture,
                  "notifier: sends the video while an edit waits out a flood limit") {
  telegram_says = [&](const seen& x) {
    return x.method == "editMessageText" ? flood(600) : ok("file-1");
  };
  const auto edit = write_edit(ann);
  const auto video = write_video(ann);
  lead();
  advance(10s);
  CHECK(endings.at(video).file_id == "file-1");
  CHECK(!endings.contains(edit));
  telegram_says = [&](const seen&) { return ok(); };
  advance(12min);
  CHECK(endings.at(edit).sent);
}

TEST_CASE_FIXTURE(order_fixture, "notifier: holds no chat for the flooded edits of several") {
  telegram_says = [&](const seen& x) {
    return x.method == "editMessageText" ? flood(600) : ok("file-1");
  };
  std::vector<int64_t> videos;
  for (int64_t chat = 1; chat <= 5; ++chat) {
    write_edit(chat);
    videos.push_back(write_video(chat));
  }
  lead();
  advance(20s);
  for (const auto video : videos)
    CHECK(endings[video].sent);
}

TEST_CASE_FIXTURE(order_fixture, "notifier: keeps the order of what announces the video") {
  int left = 3;
  telegram_says = [&](const seen& x) {
    return x.text.find("accepted") != std::string::npos && left-- > 0 ? broken() : ok("file-1");
  };
  write(ann, "accepted");
  write_video(ann);
  lead();
  advance(1min);
  REQUIRE(requests.size() == 5);
  for (size_t i = 0; i < 4; ++i)
    CHECK(requests[i].text == "accepted");
  CHECK(requests[4].method == "sendVideo");
}

TEST_CASE_FIXTURE(order_fixture,
                  "notifier: sends the video at last when its announcement is stuck") {
  telegram_says = [&](const seen& x) { return x.text == "accepted" ? broken() : ok("file-1"); };
  write(ann, "accepted");
  const auto video = write_video(ann);
  lead();
  advance(2min);
  CHECK(endings.at(video).sent);
}

TEST_CASE_FIXTURE(order_fixture, "notifier: tells a video's size and length however it is sent") {
  telegram_says = [&](const seen&) { return ok("file-1"); };
  const auto uploaded = write_video(ann);
  auto& opened = stored.at(outbox.at(uploaded).notification.video.value);
  opened.facts = {720, 1280, 15};
  opened.thumbnail = opened.path + ".jpg";
  std::ofstream{opened.thumbnail} << "jpeg";
  lead();
  advance(5s);
  const auto again = write_video(ann, "file-1");
  outbox.at(again).notification.facts = {720, 1280, 15};
  tell(wake_atom_v);
  advance(5s);
  REQUIRE(requests.size() == 2);
  for (const auto& x : requests) {
    CHECK(x.fields.at("width") == "720");
    CHECK(x.fields.at("height") == "1280");
    CHECK(x.fields.at("duration") == "15");
    CHECK(x.fields.at("supports_streaming") == "true");
  }
  CHECK(requests[0].fields.at("thumbnail") == "thumbnail.jpg");
  CHECK(!requests[1].fields.contains("thumbnail"));
  CHECK(endings.at(uploaded).facts == video_facts{720, 1280, 15});
  CHECK(files_left() == 1); // the second video was not opened
}

TEST_CASE_FIXTURE(order_fixture,
                  "notifier: sends to the place in the chat, and elsewhere if that is gone") {
  telegram_says = [&](const seen& x) {
    const auto thread = x.fields.find("message_thread_id");
    return thread != x.fields.end() && thread->second == "8"
             ? refusal(400, "Bad Request: message thread not found")
             : ok();
  };
  const auto there = write(ann, "there");
  outbox.at(there).notification.place = R"({"thread": 7})";
  const auto video = write_video(ann, "file-1");
  outbox.at(video).notification.place = R"({"thread": 7, "business_connection": "biz"})";
  const auto gone = write(ann, "gone");
  outbox.at(gone).notification.place = R"({"thread": 8})";
  lead();
  advance(10s);
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].fields.at("message_thread_id") == "7");
  CHECK(requests[1].fields.at("message_thread_id") == "7");
  CHECK(requests[1].fields.at("business_connection_id") == "biz");
  CHECK(!requests[3].fields.contains("message_thread_id"));
  CHECK(endings.at(gone).sent);
}

TEST_SUITE_END();
