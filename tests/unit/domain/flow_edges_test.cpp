#include "talk.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/domain/flow_edges");

TEST_CASE("flow: a draft that lost its photo is told so, and the next photo starts anew") {
  talk t = at_confirmation(10);
  const std::string launch = t.button("🚀");
  SUBCASE("the session is gone") {
    t.state.clear();
    t.data.clear();
  }
  SUBCASE("the session is unreadable") {
    t.data = "{\"v\":1,\"order\":[]}";
  }
  SUBCASE("the session is of another version") {
    t.data = "{\"v\":2,\"order\":{}}";
  }
  SUBCASE("the order was cancelled") {
    t.say("/cancel");
  }
  t.press(launch);
  CHECK(t.outcome == store::order_outcome::none);
  CHECK(t.said().starts_with("⚠️ Данные не хватает"));
  CHECK(t.keys.empty());
  CHECK(t.credits == 10);
  t.photo("Кружка");
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("flow: an order whose data lacks photo or description is not launched") {
  for (const std::string field : {"photo", "description"}) {
    talk t = at_confirmation(10);
    const std::string launch = t.button("🚀");
    const size_t position = t.data.find("\"" + field + "\"");
    REQUIRE(position != std::string::npos);
    t.data.replace(position + 1, field.size(), std::string(field.size(), 'x'));
    t.press(launch);
    CHECK(t.outcome == store::order_outcome::none);
    CHECK(t.said().starts_with("⚠️ Данные не хватает"));
    CHECK(t.state == "awaiting_photo");
  }
}

TEST_CASE("flow: a text in a lost session is answered like a lost draft") {
  talk t = talk::known();
  t.state = "awaiting_wishes";
  t.say("утро");
  CHECK(t.said().starts_with("⚠️ Данные не хватает"));
  CHECK(t.state == "awaiting_photo");
}

TEST_CASE("flow: an album is one order with one answer, its caption on any of its messages") {
  SUBCASE("all messages are waiting already") {
    for (int with_caption = 0; with_caption < 3; ++with_caption) {
      talk t = talk::known();
      size_t answers = 0;
      for (int i = 0; i < 3; ++i) {
        t.photo(i == with_caption ? "Кружка" : "", "album-1", i < 2);
        answers += t.replies.size();
      }
      CHECK(answers == 1);
      CHECK(t.fetched == 1);
      CHECK(t.state == "awaiting_template");
      CHECK(t.said().starts_with("🎭"));
    }
  }
  SUBCASE("they arrive one by one") {
    talk t = talk::known();
    t.photo("Кружка", "album-1");
    CHECK(t.replies.size() == 1);
    t.photo("", "album-1");
    CHECK(t.replies.empty());
    CHECK(t.fetched == 1);
    t.photo("", "album-2"); // another album is another order
    CHECK(t.replies.size() == 1);
    CHECK(t.fetched == 2);
  }
  SUBCASE("the caption comes late") {
    talk t = talk::known();
    t.photo("", "album-1");
    CHECK(t.state == "awaiting_description");
    t.photo("Кружка", "album-1");
    CHECK(t.state == "awaiting_template");
    CHECK(t.said().starts_with("🎭"));
  }
  SUBCASE("before consent") {
    talk t;
    t.photo("", "album-1");
    CHECK(t.replies.size() == 1);
    const std::string agree = t.button("✅");
    t.photo("Кружка", "album-1");
    CHECK(t.replies.empty());
    t.press(agree);
    CHECK(t.state == "awaiting_template");
  }
  SUBCASE("its first part is no photo") {
    talk t = talk::known();
    t.send(test::message_of(telegram::content_kind::video, "", "album-1"));
    CHECK(t.replies.size() == 1);
    t.send(test::message_of(telegram::content_kind::video, "", "album-1"));
    CHECK(t.replies.empty());
    t.photo("Кружка", "album-1");
    CHECK(t.state == "awaiting_template");
  }
}

TEST_CASE("flow: a photo that cannot be used is refused with the reason, and the draft stays") {
  talk t = at_confirmation(10);
  t.next_photo = flow::photo_rejected{images::fault::not_an_image};
  t.photo("Чайник");
  CHECK(t.said().starts_with("🖼"));
  CHECK(t.state == "awaiting_confirmation");
  t.next_photo = flow::photo_unavailable{};
  t.photo("Чайник");
  CHECK(t.said().starts_with("📡"));
  CHECK(t.state == "awaiting_confirmation");
  telegram::message huge = test::message_of(telegram::content_kind::image_document);
  huge.file = telegram::file_ref{"BQA", "u", "a.png", "image/png", 0, 0, 15'000'000};
  const int fetched = t.fetched;
  t.send(huge);
  CHECK(t.fetched == fetched); // its declared size was enough
  CHECK(t.said().starts_with("🐘"));
}

TEST_CASE("flow: a small photo is taken with a hint") {
  talk t = talk::known();
  t.next_photo = flow::photo_stored{storage_key{"photos/s.png"}, 90, 68, 1'200, "image/png"};
  t.photo("Кружка");
  CHECK(t.said().starts_with("🔎"));
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("flow: groups hear one polite word, and only when they call") {
  talk t = talk::known();
  t.where = telegram::chat_kind::group;
  t.chat = chat_id{-100};
  for (const char* text : {"/start", "/start@neurocards_bot", "эй @neurocards_bot, привет"}) {
    t.say(text);
    CHECK_MESSAGE(t.replies.size() == 1, text);
    CHECK_FALSE(t.last.commit.session);
  }
  for (const char* text : {"привет", "/start@other_bot", "12"}) {
    t.say(text);
    CHECK_MESSAGE(t.replies.empty(), text);
  }
  t.photo("Кружка");
  CHECK(t.replies.empty());
  CHECK(t.fetched == 0);
  t.press(flow::data_of(flow::action::menu));
  CHECK(t.replies.empty());
  CHECK(t.toasts.at(0).starts_with("Я работаю только"));
  t.where = telegram::chat_kind::other;
  t.say("/start");
  CHECK(t.replies.empty());
}

TEST_CASE("flow: blocking is recorded and answered by nothing") {
  talk t = talk::known();
  t.give(telegram::membership{true});
  CHECK(t.last.commit.blocked == true);
  CHECK(t.replies.empty());
  t.say("/start");
  CHECK(t.last.commit.blocked == false);
}

TEST_CASE("flow: an update that was handled changes nothing") {
  talk t = at_confirmation(10);
  telegram::incoming in;
  in.update = update_id{1};
  in.chat = t.chat;
  in.content = test::message_of(telegram::content_kind::text, "/cancel");
  store::conversation_view view = t.view(in);
  view.handled = true;
  const flow::step step = flow::step_conversation(view, in, std::nullopt, t.config, uuid{});
  CHECK_FALSE(step.commit.session);
  CHECK(step.commit.notifications.empty());
  CHECK(step.effects.empty());
}

TEST_CASE("flow: English speakers are answered in English, all others in Russian") {
  for (const auto& [code, greeting] :
       std::vector<std::pair<std::string, std::string>>{{"en", "🏠 Menu"},
                                                        {"en-GB", "🏠 Menu"},
                                                        {"ru", "🏠 Меню"},
                                                        {"", "🏠 Меню"},
                                                        {"de", "🏠 Меню"}}) {
    talk t = talk::known();
    t.who.language_code = code;
    t.say("/menu");
    CHECK_MESSAGE(t.said().starts_with(greeting), code);
  }
}

TEST_SUITE_END();
