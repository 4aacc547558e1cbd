#include "talk.hpp"

#include "domain/expectation.hpp"
#include "domain/json.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/domain/flow");

TEST_CASE("flow: an order is a photo, a template, wishes and a confirmation") {
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
  CHECK(t.said().find("Осталось 7 кредитов") != std::string::npos);
  CHECK(t.credits == 7);
  CHECK(t.fetched == 1);
  REQUIRE(t.keys.size() == 3);
  const std::string draft = t.keys[0].substr(0, 36);
  CHECK(uuid::parse(draft));
  for (size_t i = 0; i < 3; ++i)
    CHECK(t.keys[i] == draft + ":" + std::to_string(i));
}

TEST_CASE("flow: a job's input holds every column of the order") {
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

TEST_CASE("flow: an order is told how long it takes only while that is known to hold") {
  const auto ordered = [](expectation::outlook outlook) {
    talk t = at_confirmation(5);
    t.outlook = expectation::to_json(outlook);
    t.press_label("🚀");
    return t;
  };
  const auto expected_of = [](const talk& t) {
    const auto at = t.inputs.at(2).find("\"expected\":");
    return t.inputs.at(2).substr(at, t.inputs.at(2).find(']', at) + 1 - at);
  };
  // Three videos, two of them behind the first, at one in two seconds.
  const auto sure = ordered({{120, 240}, 0.5, 1, true});
  CHECK(sure.said().find("Обычно это занимает 2–5 минут.") != std::string::npos);
  CHECK(expected_of(sure) == R"("expected":[120,246,120,300])");
  const auto quick = ordered({{20, 50}, 0.5, 1, true});
  CHECK(quick.said().find("Обычно это занимает не больше 1 минуты.") != std::string::npos);
  const auto unsure = ordered({{120, 240}, 0.5, 1, false});
  CHECK(unsure.said().find("Обычно") == std::string::npos);
  CHECK(expected_of(unsure) == R"("expected":[120,246])"); // to see whether it would have held
  talk unknown = at_confirmation(5);
  unknown.press_label("🚀");
  CHECK(unknown.said().find("Обычно") == std::string::npos);
  CHECK(unknown.inputs.at(2).find("expected") == std::string::npos);
}

TEST_CASE("flow: wishes are none for \"-\" alone, whatever words they contain") {
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

TEST_CASE("flow: pressing launch twice orders once") {
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

TEST_CASE("flow: a photo starts an order in every state, and the draft before it is forgotten") {
  talk t = at_confirmation(10);
  const std::string old_launch = t.button("🚀");
  t.photo("Чайник");
  CHECK(t.state == "awaiting_template");
  t.press(old_launch);
  CHECK(t.outcome == store::order_outcome::none);
  CHECK(t.toasts == std::vector<std::string>{"⌛ Кнопка от прежнего заказа"});
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("flow: the own script can be added to, replaced and approved") {
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

TEST_CASE("flow: an addition that makes the script too long changes nothing") {
  talk t = talk::known();
  t.photo("Кружка");
  t.press_label("🧑‍💻");
  t.say(std::string(3'900, 'a'));
  t.press_label("➕");
  t.say(std::string(200, 'b'));
  CHECK(t.said().starts_with("📏"));
  CHECK(t.data.find("bbb") == std::string::npos);
}

TEST_CASE("flow: the count can be typed, and only 1, 3 and 5 are counts") {
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

TEST_CASE("flow: one more video of a product starts from its job's row") {
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

TEST_CASE("flow: history offers each product once, and only when it is finished") {
  talk t = at_confirmation(10);
  t.press_label("🚀");
  t.jobs[2].status = job_status::processing;
  t.say("/history");
  CHECK(t.replies.at(0).buttons.size() == 2); // the product, the menu
  CHECK(t.said().find("🎬 снимается") != std::string::npos);
  CHECK(t.press_label("🔁"));
  CHECK(t.state == "awaiting_template");
}

TEST_CASE("flow: cancel forgets the order and says so") {
  talk t = at_confirmation(10);
  t.say("/cancel");
  CHECK(t.state == "idle");
  CHECK(t.said().starts_with("🗑"));
  t.say("/cancel");
  CHECK(t.said().starts_with("👌 Отменять нечего"));
}

TEST_CASE("flow: menu pauses an order and the button takes it up again") {
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

TEST_CASE("flow: a wide photo is shown as it will be filmed, before the next question") {
  struct {
    int width;
    int height;
    bool framed;
    bool shown;
  } const table[] = {
    {1280, 960, true, true},   {1280, 960, false, false}, {960, 1280, true, false},
    {1000, 1000, true, false}, {1200, 800, true, true},   {0, 0, true, false},
  };
  for (const auto& x : table) {
    CAPTURE(x.width);
    talk t = talk::known();
    images::limits model;
    model.framed = x.framed;
    t.config.models = {model};
    t.next_photo = flow::photo_stored{storage_key{"photos/1.ready.jpg"}, x.width, x.height, 150'000,
                                      "image/jpeg"};
    t.photo();
    CHECK(t.previews.size() == (x.shown ? 1 : 0));
    CHECK(t.replies.size() == 1);
    if (!x.shown)
      continue;
    CHECK(t.previews[0] == R"({"photo":"photos/1.ready.jpg"})");
    CHECK(t.last.commit.notifications.front().kind == notification_kind::photo_preview);
  }
}

TEST_CASE("flow: the preview of a photo sent before consent comes after the thanks") {
  talk t;
  images::limits model;
  model.framed = true;
  t.config.models = {model};
  t.photo();
  REQUIRE(t.press_label("✅ Принимаю условия"));
  const auto& said = t.last.commit.notifications;
  REQUIRE(said.size() == 3);
  CHECK(said[0].payload.find("🤝 Спасибо!") != std::string::npos);
  CHECK(said[1].kind == notification_kind::photo_preview);
  CHECK(said[2].kind == notification_kind::reply);
}

TEST_SUITE_END();
