#include "talk.hpp"

#include "domain/json.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using neurocards::test::talk;

namespace {

/// From a photo to the confirmation.
talk at_confirmation(int credits, const std::string& count = "3️⃣") {
  talk t = talk::known(credits);
  t.photo("Кружка. Держит тепло два часа.");
  REQUIRE(t.press_label("✨ UGC блогер"));
  t.say("утро, пар над кружкой");
  REQUIRE(t.press_label(count));
  REQUIRE(t.state == "awaiting_confirmation");
  return t;
}

} // namespace

TEST_CASE("an order is a photo, a template, wishes and a confirmation") {
  talk t = talk::known(10);
  t.photo();
  CHECK(t.state == "awaiting_description");
  CHECK(t.fetched == 1);
  t.say("Кружка. Держит тепло два часа.");
  CHECK(t.state == "awaiting_template");
  REQUIRE(t.press_label("🎥 Рекламное видео"));
  CHECK(t.state == "awaiting_wishes");
  t.say("-");
  CHECK(t.state == "awaiting_count");
  REQUIRE(t.press_label("3️⃣ 3 видео"));
  CHECK(t.state == "awaiting_confirmation");
  CHECK(t.said().find("на балансе 10") != std::string::npos);
  REQUIRE(t.press_label("🚀 Запустить 3 видео"));
  CHECK(t.outcome == store::order_outcome::accepted);
  CHECK(t.state == "idle");
  CHECK(t.said().starts_with("✅ Принял! 3 видео запущена"));
  CHECK(t.credits == 7);
  CHECK(t.fetched == 1);
  REQUIRE(t.keys.size() == 3);
  const std::string draft = t.keys[0].substr(0, 36);
  CHECK(uuid::parse(draft));
  for (size_t i = 0; i < 3; ++i)
    CHECK(t.keys[i] == draft + ":" + std::to_string(i));
}

TEST_CASE("a job's input holds every column of the order") {
  talk t = at_confirmation(5);
  t.press_label("🚀");
  REQUIRE(t.inputs.size() == 3);
  const auto in = json::parse_object(t.inputs[1]);
  REQUIRE(in);
  CHECK(in->text("product_name") == "Кружка.");
  CHECK(in->text("product_text") == "Кружка. Держит тепло два часа.");
  CHECK(in->text("extra_wishes") == "утро, пар над кружкой");
  CHECK(in->text("template_id") == "ugc");
  CHECK(in->text("kind") == "ugc");
  CHECK(in->text("user_prompt").empty());
  CHECK(in->number("video_index") == 1);
  CHECK(in->number("video_count") == 3);
  CHECK(in->text("draft_id") == t.keys[0].substr(0, 36));
  CHECK(in->text("language") == "ru");
  CHECK(in->number("chat_id") == 501);
}

TEST_CASE("wishes are none for \"-\" alone, whatever words they contain") {
  const auto wishes_of = [](const std::string& text) {
    talk t = talk::known();
    t.photo("Кружка");
    t.press_label("✨");
    t.say(text);
    t.press_label("1️⃣");
    t.press_label("🚀");
    REQUIRE(t.inputs.size() == 1);
    const auto in = json::parse_object(t.inputs[0]);
    return in->has_text("extra_wishes") ? in->text("extra_wishes") : "(none)";
  };
  CHECK(wishes_of("-") == "(none)");
  CHECK(wishes_of("В кадре нет людей, фон светлый") == "В кадре нет людей, фон светлый");
  CHECK(wishes_of("нетто") == "нетто");
  CHECK(wishes_of("нет") == "нет");
  CHECK(wishes_of("--") == "--");
}

TEST_CASE("pressing launch twice orders once") {
  talk t = at_confirmation(10);
  const std::string launch = t.button("🚀");
  t.press(launch);
  CHECK(t.outcome == store::order_outcome::accepted);
  t.press(launch);
  CHECK(t.outcome == store::order_outcome::none);
  CHECK(t.toasts == std::vector<std::string>{"👌 Уже заказано"});
  CHECK(t.said().starts_with("👌 Этот заказ уже запущен"));
  CHECK(t.keys.size() == 3);
  CHECK(t.credits == 7);
  t.photo("Другой товар"); // and later, while another order is being made
  t.press(launch);
  CHECK(t.toasts == std::vector<std::string>{"👌 Уже заказано"});
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("with fewer credits than videos nothing is created and the order waits for them") {
  talk t = at_confirmation(2);
  t.press_label("🚀");
  CHECK(t.outcome == store::order_outcome::insufficient);
  CHECK(t.said().starts_with("❌ Недостаточно кредитов"));
  CHECK(t.toasts == std::vector<std::string>{"❌ Недостаточно кредитов"});
  CHECK(t.keys.empty());
  CHECK(t.credits == 2);
  CHECK(t.state == "awaiting_confirmation");
  REQUIRE(t.press_label("💳"));
  REQUIRE(t.press_label("5 кредитов"));
  REQUIRE(t.invoices.size() == 1);
  CHECK(t.invoices[0].stars == 250);
  t.pay(t.invoices[0]);
  CHECK(t.credits == 7);
  CHECK(t.said().find("На балансе 7") != std::string::npos);
  REQUIRE(t.press_label("🚀")); // nothing had to be sent again
  CHECK(t.outcome == store::order_outcome::accepted);
  CHECK(t.credits == 4);
}

TEST_CASE("an order that waits for credits survives a walk through the menu") {
  talk t = at_confirmation(0, "1️⃣");
  t.press_label("🚀");
  t.press_label("🏠 В меню");
  CHECK(t.state == "idle");
  REQUIRE(t.press_label("💳"));
  t.press_label("5 кредитов");
  t.pay(t.invoices.at(0));
  CHECK(t.state == "awaiting_confirmation");
  REQUIRE(t.press_label("🚀"));
  CHECK(t.outcome == store::order_outcome::accepted);
}

TEST_CASE("a payment counts once and only for a pack of ours") {
  talk t = talk::known(0);
  t.say("/menu");
  t.press_label("💳");
  t.press_label("5 кредитов");
  const telegram::invoice invoice = t.invoices.at(0);
  CHECK(invoice.payload.size() <= 128);
  t.pay(invoice, "c1");
  t.pay(invoice, "c1"); // Telegram delivers at least once
  CHECK(t.credits == 5);
  telegram::invoice forged = invoice;
  forged.payload = "1:AAAAAAAAAAAAAAAAAAAAAA:1000000x1";
  forged.stars = 1;
  t.pay(forged, "c2");
  CHECK(t.credits == 5);
  CHECK_FALSE(t.last.commit.bought);
  CHECK(t.said().starts_with("🎉 Оплата прошла, но"));
}

TEST_CASE("a pack that left the table between pre-checkout and payment is made good by another") {
  talk t = talk::known(0);
  t.say("/menu");
  t.press_label("💳");
  t.press_label("10 кредитов");
  const telegram::invoice invoice = t.invoices.at(0);
  t.config.credits.packs = {{5, 250}};
  t.pay(invoice);
  CHECK(t.credits == 5);
}

TEST_CASE("pre-checkout lets through what is for sale and nothing else") {
  const talk t = talk::known();
  const auto check = [&](const std::string& payload, const std::string& currency, int64_t amount) {
    return flow::check_pre_checkout({"q", currency, amount, payload}, t.who, t.config).ok;
  };
  const std::string id(22, 'A');
  CHECK(check("1:" + id + ":5x250", "XTR", 250));
  CHECK_FALSE(check("1:" + id + ":5x250", "XTR", 249));
  CHECK_FALSE(check("1:" + id + ":5x250", "RUB", 250));
  CHECK_FALSE(check("1:" + id + ":6x250", "XTR", 250));
  CHECK_FALSE(check("1:" + id + ":", "XTR", 250));
  CHECK_FALSE(check("1:" + id, "XTR", 250));
  CHECK_FALSE(check("", "XTR", 250));
  CHECK_FALSE(check("5x250", "XTR", 250));
  const auto refused = flow::check_pre_checkout({"q", "XTR", 1, ""}, t.who, t.config);
  CHECK(refused.id == "q");
  CHECK_FALSE(refused.error.empty());
}

TEST_CASE("welcome credits come with the first consent and never again") {
  talk t;
  t.say("/start");
  CHECK(t.said().find("2 кредита") != std::string::npos);
  CHECK(t.terms.empty());
  const std::string agree = t.button("✅ Принимаю условия");
  t.press(agree);
  CHECK(t.terms == "1");
  CHECK(t.credits == 2);
  t.press(agree);
  CHECK(t.credits == 2);
  CHECK_FALSE(t.last.commit.agreed);
  t.config.terms.version = "2"; // everybody is asked again, without a gift
  t.say("/menu");
  CHECK(t.said().starts_with("📄 Условия обновились"));
  t.press(agree); // the button of the old text does not agree to the new one
  CHECK(t.terms == "1");
  REQUIRE(t.press_label("✅ Принимаю условия"));
  CHECK(t.terms == "2");
  CHECK(t.credits == 2);
}

TEST_CASE("without welcome credits none are promised") {
  talk t;
  t.config.credits.welcome = 0;
  t.say("/start");
  CHECK(t.said().find("🎁") == std::string::npos);
  t.press_label("✅");
  CHECK(t.said().find("подарок") == std::string::npos);
  CHECK(t.credits == 0);
}

TEST_CASE("a photo sent before consent starts the order after it") {
  talk t;
  t.photo("Кружка");
  CHECK(t.fetched == 0); // nothing is kept of somebody who has not agreed
  CHECK(t.said().starts_with("📸 Фото вижу"));
  t.press_label("✅");
  CHECK(t.fetched == 1);
  CHECK(t.state == "awaiting_template");
  CHECK(t.replies.size() == 2);
  CHECK_FALSE(t.button("✨").empty());
  talk u;
  u.photo();
  u.next_photo = flow::photo_unavailable{};
  u.press_label("✅");
  CHECK(u.terms == "1"); // the consent stands although the photo could not be fetched
  CHECK(u.credits == 2);
  CHECK(u.said().starts_with("📡"));
  CHECK(u.state == "awaiting_photo");
}

TEST_CASE("nothing but law and help is open before consent") {
  talk t;
  for (const char* command : {"/help", "/terms", "/support", "/paysupport"}) {
    t.say(command);
    CHECK_MESSAGE(t.button("✅ Принимаю").empty(), command);
  }
  for (const char* command : {"/menu", "/balance", "/history", "/cancel", "hello"}) {
    t.say(command);
    CHECK_MESSAGE(!t.button("✅ Принимаю").empty(), command);
  }
  t.press(flow::data_of(flow::action::cabinet));
  CHECK_FALSE(t.button("✅ Принимаю").empty());
}

TEST_CASE("a photo starts an order in every state, and the draft before it is forgotten") {
  talk t = at_confirmation(10);
  const std::string old_launch = t.button("🚀");
  t.photo("Чайник");
  CHECK(t.state == "awaiting_template");
  t.press(old_launch);
  CHECK(t.outcome == store::order_outcome::none);
  CHECK(t.toasts == std::vector<std::string>{"⌛ Кнопка от прежнего заказа"});
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("a draft that lost its photo is told so, and the next photo starts anew") {
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

TEST_CASE("an order whose data lacks photo or description is not launched") {
  for (const std::string field : {"photo", "description"}) {
    talk t = at_confirmation(10);
    const std::string launch = t.button("🚀");
    const size_t at = t.data.find("\"" + field + "\"");
    REQUIRE(at != std::string::npos);
    t.data.replace(at + 1, field.size(), std::string(field.size(), 'x'));
    t.press(launch);
    CHECK(t.outcome == store::order_outcome::none);
    CHECK(t.said().starts_with("⚠️ Данные не хватает"));
    CHECK(t.state == "awaiting_photo");
  }
}

TEST_CASE("a text in a lost session is answered like a lost draft") {
  talk t = talk::known();
  t.state = "awaiting_wishes";
  t.say("утро");
  CHECK(t.said().starts_with("⚠️ Данные не хватает"));
  CHECK(t.state == "awaiting_photo");
}

TEST_CASE("the own script can be added to, replaced and approved") {
  talk t = talk::known();
  t.photo("Кружка");
  REQUIRE(t.press_label("🧑‍💻 Сам себе продюсер"));
  CHECK(t.state == "awaiting_own_prompt");
  t.say("A mug on a table.");
  CHECK(t.said().find("A mug on a table.") != std::string::npos);
  REQUIRE(t.press_label("➕"));
  t.say("Steam rises.");
  CHECK(t.said().find("A mug on a table.\nSteam rises.") != std::string::npos);
  REQUIRE(t.press_label("✏️"));
  t.say("Only steam & <light>.");
  CHECK(t.said().find("mug") == std::string::npos);
  CHECK(t.state == "awaiting_own_prompt");
  REQUIRE(t.press_label("👍"));
  CHECK(t.state == "awaiting_count");
  t.press_label("1️⃣");
  t.press_label("🚀");
  REQUIRE(t.inputs.size() == 1);
  const auto in = json::parse_object(t.inputs[0]);
  CHECK(in->text("user_prompt") == "Only steam & <light>.");
  CHECK(in->text("template_id") == "self");
  CHECK_FALSE(in->has_text("extra_wishes"));
}

TEST_CASE("an addition that makes the script too long changes nothing") {
  talk t = talk::known();
  t.photo("Кружка");
  t.press_label("🧑‍💻");
  t.say(std::string(3'900, 'a'));
  t.press_label("➕");
  t.say(std::string(200, 'b'));
  CHECK(t.said().starts_with("📏"));
  CHECK(t.data.find("bbb") == std::string::npos);
}

TEST_CASE("the count can be typed, and only 1, 3 and 5 are counts") {
  talk t = talk::known();
  t.photo("Кружка");
  t.press_label("✨");
  t.press_label("Без пожеланий");
  for (const char* wrong : {"2", "0", "5 видео", "-1", "много"}) {
    t.say(wrong);
    CHECK(t.state == "awaiting_count");
  }
  t.say("5");
  CHECK(t.state == "awaiting_confirmation");
}

TEST_CASE("an album is one order with one answer, its caption on any of its messages") {
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

TEST_CASE("one more video of a product starts from its job's row") {
  talk t = at_confirmation(10, "1️⃣");
  t.press_label("🚀");
  const job_id job = t.jobs.at(0).id;
  const std::string again = flow::data_of(flow::action::once_more, job.value);
  t.press(again);
  CHECK(t.state == "awaiting_template");
  CHECK(t.fetched == 1); // the photo is in storage already
  t.press_label("🎥");
  t.press_label("Без пожеланий");
  t.press_label("1️⃣");
  t.press_label("🚀");
  CHECK(t.keys.size() == 2);
  CHECK(t.keys[0] != t.keys[1]);
  t.jobs.clear();
  t.press(again);
  CHECK(t.said().starts_with("🤷"));
  CHECK(t.state == "awaiting_photo");
}

TEST_CASE("history offers each product once, and only when it is finished") {
  talk t = at_confirmation(10);
  t.press_label("🚀");
  t.jobs[2].status = "processing";
  t.say("/history");
  CHECK(t.replies.at(0).buttons.size() == 2); // the product, the menu
  CHECK(t.said().find("🎬 снимается") != std::string::npos);
  CHECK(t.press_label("🔁"));
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("cancel forgets the order and says so") {
  talk t = at_confirmation(10);
  t.say("/cancel");
  CHECK(t.state == "idle");
  CHECK(t.said().starts_with("🗑"));
  t.say("/cancel");
  CHECK(t.said().starts_with("👌 Отменять нечего"));
}

TEST_CASE("menu pauses an order and the button takes it up again") {
  talk t = at_confirmation(10);
  t.say("/start");
  CHECK(t.state == "idle");
  t.say("просто текст"); // is no wish and no description now
  CHECK(t.state == "idle");
  REQUIRE(t.press_label("▶️"));
  CHECK(t.state == "awaiting_confirmation");
  REQUIRE(t.press_label("🚀"));
  CHECK(t.outcome == store::order_outcome::accepted);
}

TEST_CASE("a photo that cannot be used is refused with the reason, and the draft stays") {
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

TEST_CASE("a small photo is taken with a hint") {
  talk t = talk::known();
  t.next_photo = flow::photo_stored{storage_key{"photos/s.png"}, 90, 68, 1'200, "image/png"};
  t.photo("Кружка");
  CHECK(t.said().starts_with("🔎"));
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("groups hear one polite word, and only when they call") {
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

TEST_CASE("the banned are told so, order nothing, and still get what they paid for") {
  talk t = at_confirmation(10);
  const std::string launch = t.button("🚀");
  t.banned = true;
  t.press(launch);
  CHECK(t.outcome == store::order_outcome::none);
  CHECK(t.said().starts_with("🚫"));
  t.photo("Кружка");
  CHECK(t.fetched == 1); // the one before the ban
  CHECK(t.said().starts_with("🚫"));
  t.give(telegram::successful_payment{"c9", "XTR", 250, "1:AAAAAAAAAAAAAAAAAAAAAA:5x250"});
  CHECK(t.credits == 15);
}

TEST_CASE("blocking is recorded and answered by nothing") {
  talk t = talk::known();
  t.give(telegram::membership{true});
  CHECK(t.last.commit.blocked == true);
  CHECK(t.replies.empty());
  t.say("/start");
  CHECK(t.last.commit.blocked == false);
}

TEST_CASE("an update that was handled changes nothing") {
  talk t = at_confirmation(10);
  telegram::incoming in;
  in.update = update_id{1};
  in.chat = t.chat;
  in.what = test::message_of(telegram::content_kind::text, "/cancel");
  store::conversation_view view = t.view(in);
  view.handled = true;
  const flow::step step = flow::step_conversation(view, in, std::nullopt, t.config, uuid{});
  CHECK_FALSE(step.commit.session);
  CHECK(step.commit.notices.empty());
  CHECK(step.effects.empty());
}

TEST_CASE("English speakers are answered in English, all others in Russian") {
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

TEST_CASE("a version of the terms that fits into no button is refused") {
  CHECK(flow::faults_of(config::terms{}).empty());
  for (const std::string version : {"", "v 1", "1:2", "версия", "1234567890123456789012345"})
    CHECK_MESSAGE(flow::faults_of(config::terms{version, "", "", ""}).size() == 1, version);
}
