#include "domain/invitations.hpp"
#include "domain/news_pace.hpp"
#include "domain/notifications.hpp"
#include "talk.hpp"

#include <doctest/doctest.h>

// Invitations, news, and what newcomers are shown.

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

talk with_referral() {
  talk t = talk::known();
  t.config.referral = {3, 1};
  return t;
}

notifications::rendered rendered(const std::string& kind, const std::string& payload,
                                 const std::string& refused_file = {}) {
  store::notification row;
  row.chat = chat_id{501};
  row.kind = parse_notification_kind(kind).value();
  row.payload = payload;
  row.language = "ru";
  row.credits = 8;
  notifications::notification x{row};
  if (!refused_file.empty())
    x.row.video_file_id.clear();
  return notifications::render(x, {}, "");
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/flow_reach");

TEST_CASE("invitations: a link names its user, and nothing else names anybody") {
  for (const int64_t user : {int64_t{1}, int64_t{501}, int64_t{7'000'000'123}, int64_t{1} << 52}) {
    const auto link = invitations::link("neurocards_bot", user_id{user});
    CHECK(link.starts_with("https://t.me/neurocards_bot?start=ref_"));
    const auto word = link.substr(link.find('=') + 1);
    CHECK(word.size() <= 64); // Telegram's limit
    CHECK(invitations::inviter_in("/start " + word) == user_id{user});
  }
  for (const auto* text :
       {"/start", "/start ", "/start ref_", "/start ref_!", "/start ref_1 2", "/start REF_1",
        "/start ref_-5", "/start ref_0", "/start ref_zzzzzzzzzzzzzzzzzz", "/start other", "ref_1"})
    CHECK_MESSAGE(!invitations::inviter_in(text), text);
}

TEST_CASE("invitations: the cabinet has the link where something is promised") {
  talk t = with_referral();
  t.say("/balance");
  REQUIRE(t.press_label("🎁 Пригласить друга"));
  CHECK(t.said().find("https://t.me/neurocards_bot?start=ref_dx") != std::string::npos);
  CHECK(t.said().find("вам — 3 кредита") != std::string::npos);
  CHECK(t.said().find("другу — 1 кредит ") != std::string::npos);
  const auto old_button = flow::data_of(flow::action::invite);
  t.config.referral = {};
  t.say("/balance");
  CHECK(t.button("🎁").empty());
  t.press(old_button);
  CHECK(t.said() == "🎁 Приглашения сейчас не действуют.");
}

TEST_CASE("invitations: /start with another's code is written down with what is promised") {
  talk t;
  t.config.referral = {3, 0};
  t.say("/start ref_1s"); // 64
  REQUIRE(t.last.commit.invited);
  CHECK(t.last.commit.invited->inviter == user_id{64});
  CHECK(t.last.commit.invited->inviter_credits == 3);
  CHECK(t.last.commit.invited->invited_credits == 0);
  CHECK(t.said().starts_with("👋 Привет!"));
  t.say("/start ref_dx"); // 501: himself
  CHECK_FALSE(t.last.commit.invited);
  t.say("/start");
  CHECK_FALSE(t.last.commit.invited);
  t.config.referral = {};
  t.say("/start ref_1s");
  CHECK_FALSE(t.last.commit.invited);
}

TEST_CASE("news: whoever wants none says so below the message, and can undo it in the cabinet") {
  const auto message = std::get<telegram::outgoing>(
    rendered("news", R"({"broadcast": 1, "text": "<b>Новая модель</b>"})"));
  CHECK(message.text == "<b>Новая модель</b>");
  REQUIRE(message.buttons.size() == 1);
  CHECK(message.buttons[0][0].text == "🔕 Не присылать новости");
  talk t = talk::known();
  t.say("/balance");
  CHECK(t.button("🔔").empty());
  t.press(message.buttons[0][0].data);
  CHECK(t.last.commit.news == false);
  CHECK(t.said().starts_with("🔕 Новостей больше не будет"));
  t.say("/balance");
  REQUIRE(t.press_label("🔔 Присылать новости"));
  CHECK(t.last.commit.news == true);
  t.say("/balance");
  CHECK(t.button("🔔").empty());

  talk newcomer; // has not accepted the terms
  newcomer.press(message.buttons[0][0].data);
  CHECK(newcomer.last.commit.news == false);
  CHECK(newcomer.toasts == std::vector<std::string>{""});
  CHECK(std::holds_alternative<notifications::unsendable>(rendered("news", R"({"broadcast": 1})")));
}

TEST_CASE("news: an order that is being made is not disturbed by the button") {
  talk t = test::at_confirmation(5);
  const auto before = t.data;
  t.press(flow::data_of(flow::action::news_off));
  CHECK(t.state == "awaiting_confirmation");
  CHECK(t.data == before);
}

TEST_CASE("news_pace: so many a second, and no more after a pause") {
  news_pace pace{10};
  const news_pace::time_point start{1000h};
  pace.begin(start);
  int written = 0;
  auto now = start;
  const auto go_on = [&](auto how_long) {
    written = 0;
    for (const auto end = now + how_long; now < end; now += 200ms) {
      const int due = pace.due(now);
      pace.count(due);
      written += due;
    }
    return written;
  };
  CHECK(go_on(10s) >= 98);
  CHECK(written <= 102);
  now += 1h; // others had to be sent
  CHECK(go_on(1s) <= 12);
  news_pace slow{0.5};
  slow.begin(start);
  CHECK(slow.due(start) == 1);
  slow.count(1);
  CHECK(slow.due(start + 1s) == 0);
  CHECK(slow.due(start + 2s) == 1);
}

TEST_CASE(
  "welcome: the videos of the settings are shown after the first consent, before its words") {
  talk t;
  t.config.welcome.videos = {"BAAC-1", "BAAC-2"};
  t.say("/start");
  CHECK(t.welcome_videos.empty());
  REQUIRE(t.press_label("✅ Принимаю условия"));
  CHECK(t.welcome_videos
        == std::vector<std::string>{R"({"file_id":"BAAC-1"})", R"({"file_id":"BAAC-2"})"});
  CHECK(t.last.commit.notifications.front().kind == notification_kind::welcome_video);
  CHECK(t.said().starts_with("🤝 Спасибо!"));
  t.config.terms.version = "2";
  t.say("/start");
  REQUIRE(t.press_label("✅ Принимаю условия"));
  CHECK(t.welcome_videos.empty());

  const auto video =
    std::get<notifications::video_message>(rendered("welcome_video", R"({"file_id":"BAAC-1"})"));
  CHECK(video.file_id == "BAAC-1");
  CHECK_FALSE(video.is_the_jobs);
  // Telegram does not know the id: there is nothing to upload.
  CHECK(std::holds_alternative<notifications::unsendable>(
    rendered("welcome_video", R"({"file_id":"BAAC-1"})", "refused")));
}

TEST_CASE("referral: both hear what they got") {
  const auto text = [](const char* payload) {
    return std::get<telegram::outgoing>(rendered("referral_paid", payload)).text;
  };
  CHECK(text(R"({"amount": 3, "role": "inviter"})")
        == "🎁 Ваш друг купил кредиты, и вам начислено 3 кредита. На балансе 8.");
  CHECK(text(R"({"amount": 1, "role": "invited"})")
        == "🎁 Вы пришли по приглашению: 1 кредит в подарок к первой покупке. На балансе 8.");
}

TEST_SUITE_END();
