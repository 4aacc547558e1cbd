#include "telegram_html.hpp"

#include "domain/callback_data.hpp"
#include "domain/notifications.hpp"
#include "domain/outbox.hpp"
#include "protocol/store/outbox.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

notifications::notification_config settings() {
  notifications::notification_config c;
  c.models = models::shipped();
  return c;
}

store::notification notification_of(const std::string& kind, const std::string& payload = "{}") {
  store::notification n;
  n.chat = chat_id{501};
  n.kind = parse_notification_kind(kind).value();
  n.payload = payload;
  n.language = "ru";
  n.job = job_id{uuid{{7}}};
  n.attempts = 1;
  n.credits = 4;
  return n;
}

notifications::rendered rendered(const store::notification& n, const std::string& link = "") {
  return notifications::render(notifications::notification{n}, settings(), link);
}

telegram::outgoing text_of(const store::notification& n) {
  const auto out = rendered(n);
  REQUIRE(std::holds_alternative<telegram::outgoing>(out));
  const auto& message = std::get<telegram::outgoing>(out);
  CHECK(test::fault_of_html(message.text, 4096) == "");
  return message;
}

store::notification done(int64_t bytes) {
  store::notification n = notification_of("job_done");
  n.video = storage_key{"videos/a.mp4"};
  n.video_bytes = bytes;
  return n;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/notifications");

TEST_CASE("notifications: a finished message goes out as it was written") {
  const telegram::outgoing sent{"<b>Привет</b>", {{{"A", "1:menu", {}, false}}}, true};
  CHECK(text_of(notification_of("reply", outbox::to_json(sent))).text == sent.text);
  const auto invoice =
    rendered(notification_of("invoice", outbox::to_json(telegram::invoice{"t", "d", "p", "l", 5})));
  CHECK(std::get<telegram::invoice>(invoice).stars == 5);
}

TEST_CASE("notifications: the life of a job is told in the fixed words") {
  CHECK(text_of(notification_of("job_started")).text.starts_with("🎬 Генерация запущена!"));
  CHECK(text_of(notification_of("job_retry", R"({"attempt":2})")).text
        == "⏳ Sora 2 перегружена. Пробуем снова (попытка 2/3)...");
  CHECK(text_of(notification_of("job_retry")).text
        == "⏳ Sora 2 перегружена. Пробуем снова (попытка 2/3)...");
  CHECK(text_of(notification_of("job_failed"))
          .text.starts_with("❌ Sora 2 не может обработать. 1 кредит вернулся на баланс ✅"));
  CHECK(text_of(notification_of("job_violation"))
          .text.starts_with("❌ Не получилось с данной картинкой/описанием. 1 кредит вернулся ✅"));
  CHECK(text_of(notification_of("job_waiting")).text.starts_with("⏳"));
  CHECK(text_of(notification_of("job_delayed"))
          .text.starts_with("⏸ Видео задерживается"));
}

TEST_CASE("notifications: the model in use gives its name") {
  store::notification n = notification_of("job_retry", R"({"attempt":3})");
  n.model = "kling-2.6/image-to-video";
  CHECK(text_of(n).text == "⏳ Kling 2.6 перегружена. Пробуем снова (попытка 3/3)...");
  n.kind = notification_kind::job_failed;
  CHECK(text_of(n).text.starts_with("❌ Kling 2.6 не может обработать."));
}

TEST_CASE("notifications: a violation says what to change as far as KIE told") {
  const auto advice = [](const std::string& raw) {
    const std::string text =
      text_of(notification_of("job_violation", "{\"raw\":\"" + raw + "\"}")).text;
    return text.substr(text.find("\n\n") + 2);
  };
  CHECK(advice("photorealistic people").starts_with("На фото узнаваемый человек"));
  CHECK(advice("third-party content").starts_with("Мешает чужой бренд"));
  CHECK(advice("").starts_with("Сервис отклонил"));
}

TEST_CASE("notifications: a refused photo is told what is wrong with it") {
  const std::pair<const char*, const char*> table[] = {
    {"400 | Image dimensions must be at least 300px", "слишком маленький"},
    {"422 | file_too_large", "слишком большой"},
    {"422 | image aspect ratio must be between 0.4 and 2.5", "слишком вытянутый"},
    {"422 | Image format is not supported", "JPEG"},
    {"500 | images containing photorealistic people.", "человек"},
    {"500 | Public error: unsafe image upload", "прочесть"}};
  for (const auto& [raw, part] : table) {
    const auto told =
      text_of(notification_of("job_violation", std::string{R"({"raw":")"} + raw + R"("})")).text;
    CHECK(told.starts_with("❌ Не получилось с данной картинкой/описанием. 1 кредит вернулся ✅"));
    CHECK_MESSAGE(told.find(part) != std::string::npos, told);
  }
}

TEST_CASE("notifications: a failed or finished job offers another video of its product") {
  for (const char* kind : {"job_failed", "job_violation"}) {
    const auto button = flow::parse_data(text_of(notification_of(kind)).buttons.at(0).at(0).data);
    REQUIRE(button);
    CHECK(button->chosen == flow::action::once_more);
    CHECK(button->id == uuid{{7}});
  }
}

TEST_CASE("notifications: a video is sent as such, by its file_id when Telegram has it") {
  auto out = rendered(done(1'000));
  REQUIRE(std::holds_alternative<notifications::video_message>(out));
  auto video = std::get<notifications::video_message>(out);
  CHECK(video.caption == "✅ Видео готово!");
  CHECK(video.video.value == "videos/a.mp4");
  CHECK(video.is_the_jobs);
  CHECK(video.buttons.size() == 2);
  store::notification known = done(90'000'000);
  known.video_file_id = "BAAC"; // no limit by id
  out = rendered(known);
  CHECK(std::get<notifications::video_message>(out).file_id == "BAAC");
}

TEST_CASE("notifications: a video too large to upload is sent as a link") {
  const store::notification n = done(50'000'001);
  CHECK(notifications::wants_link(notifications::notification{n}, settings()));
  CHECK_FALSE(notifications::wants_link(notifications::notification{done(50'000'000)}, settings()));
  const auto out = rendered(n, "https://bot.example/files/a?x=1&y=2");
  const auto& message = std::get<telegram::outgoing>(out);
  CHECK(message.text.starts_with("✅ Видео готово!"));
  CHECK(message.text.find("href=\"https://bot.example/files/a?x=1&amp;y=2\"") != std::string::npos);
  CHECK(test::fault_of_html(message.text, 4096) == "");
  const auto without = std::get<telegram::outgoing>(rendered(n));
  CHECK(without.text.starts_with("✅ Видео готово!"));
  CHECK(notifications::render_as_link(notifications::notification{done(5)}, settings(),
                                      "https://x.example/")
          .text.find("<a href")
        != std::string::npos);
}

TEST_CASE("notifications: a late video is not the job's own") {
  const auto out = rendered(notification_of("gift_video", R"({"video":"videos/b.mp4","bytes":5})"));
  REQUIRE(std::holds_alternative<notifications::video_message>(out));
  CHECK(std::get<notifications::video_message>(out).caption.starts_with("🎁 Ещё одна версия"));
  CHECK(std::get<notifications::video_message>(out).video.value == "videos/b.mp4");
  CHECK_FALSE(std::get<notifications::video_message>(out).is_the_jobs);
  store::notification both = notification_of("gift_video", R"({"video":"videos/b.mp4","bytes":5})");
  both.video = storage_key{"videos/a.mp4"}; // the job has its own
  CHECK(notifications::video_of(notifications::notification{both}).value == "videos/b.mp4");
  CHECK(notifications::video_of(notifications::notification{done(5)}).value == "videos/a.mp4");
  CHECK(notifications::video_of(notifications::notification{notification_of("job_started")})
          .value.empty());
  const auto refunded = rendered(
    notification_of("gift_video", R"({"video":"videos/b.mp4","bytes":5,"refunded":true})"));
  CHECK(std::get<notifications::video_message>(refunded).caption.find("кредит за него уже вернулся")
        != std::string::npos);
}

TEST_CASE("notifications: a progress message names each state that some videos are in, and is "
          "edited once it was sent") {
  const std::string fresh = outbox::progress_json(draft_id{uuid{{1}}}, 3);
  CHECK(text_of(notification_of("card", fresh)).text == "📋 <b>Ваш заказ</b>\n⏳ в очереди: 3");
  const auto out = rendered(notification_of(
    "card",
    R"({"message_id":7,"waiting":1,"ahead":2,"making":1,"done":1,"minutes":4,"low":3,"high":6})"));
  REQUIRE(std::holds_alternative<notifications::edited_message>(out));
  const auto& edit = std::get<notifications::edited_message>(out);
  CHECK(edit.message_id == 7);
  CHECK(edit.text.text
        == "📋 <b>Ваш заказ</b>\n⏳ в очереди: 1, впереди 2 заказа\n🎬 снимается: 1\n✅ готово: 1\n\n"
           "🕒 прошло 4 мин, обычно 3–6");
  CHECK(test::fault_of_html(edit.text.text, 4096) == "");
  const auto last_line = [](const std::string& payload) {
    const auto text = text_of(notification_of("card", payload)).text;
    return text.substr(text.rfind('\n') + 1);
  };
  CHECK(last_line(R"({"making":1,"minutes":4,"low":0,"high":6})")
        == "🕒 прошло 4 мин, обычно не больше 6");
  CHECK(last_line(R"({"making":1,"minutes":4})") == "🕒 снимаем 4 мин"); // nothing was told
}

TEST_CASE("notifications: what cannot become a message says why") {
  for (const store::notification& n :
       {notification_of("reply"), notification_of("reply", "nonsense"),
        notification_of("invoice", "{}"), notification_of("job_done"), notification_of("overtaken"),
        notification_of("credits_granted")}) {
    const auto out = rendered(n);
    REQUIRE_MESSAGE(std::holds_alternative<notifications::unsendable>(out), to_string(n.kind));
    CHECK_FALSE(std::get<notifications::unsendable>(out).reason.empty());
  }
}

TEST_CASE("notifications: a receipt of a refund says what went back and what it took") {
  const auto receipt = [](const std::string& payload) {
    auto n = notification_of("payment_refunded", payload);
    n.credits = 3;
    return test::parse_html(text_of(n).text).plain;
  };
  CHECK(receipt(R"({"stars": 250, "taken": 5, "spent": 0})")
        == "↩️ Покупка возвращена: 250 звёзд снова у "
           "вас.\nСписано "
           "5 "
           "кредитов. "
           "На "
           "балансе "
           "3.");
  CHECK(receipt(R"({"stars": 251, "taken": 1, "spent": 4})")
        == "↩️ Покупка возвращена: 251 звезда снова у "
           "вас.\nСписано "
           "1 "
           "кредит. "
           "На "
           "балансе "
           "3.");
  CHECK(receipt(R"({"stars": 250, "taken": 0, "spent": 5})")
        == "↩️ Покупка возвращена: 250 звёзд снова у "
           "вас.\nКредиты "
           "этой "
           "покупки "
           "уже "
           "потрачены, "
           "с "
           "баланса ничего не списано.");
  CHECK(receipt(R"({"stars": 250, "taken": 0, "spent": 0})") // it had brought none
        == "↩️ Покупка возвращена: 250 звёзд снова у вас.");
}

TEST_CASE("notifications: English readers are told in English") {
  store::notification n = notification_of("job_started");
  n.language = "en";
  CHECK(text_of(n).text.starts_with("🎬 Your video is being made!"));
}

TEST_CASE("notifications: what a silent film would say stands below it, in every form of it") {
  auto n = done(1'000);
  n.payload = R"({"attempt":1,"narration":"Тепло & уют <весь> день."})";
  const auto below = "✅ Видео готово!\n\n💬 Текст к видео (голоса в нём нет): Тепло &amp; уют "
                     "&lt;весь&gt; день.";
  const auto video = std::get<notifications::video_message>(rendered(n));
  CHECK(video.caption == below);
  CHECK(test::fault_of_html(video.caption, 1024) == "");
  CHECK(notifications::render_as_link(notifications::notification{n}, settings(), "https://l")
          .text.starts_with(below));
  auto gift = notification_of(
    "gift_video", R"({"video":"videos/b.mp4","bytes":5,"refunded":true,"narration":"Тепло."})");
  CHECK(std::get<notifications::video_message>(rendered(gift)).caption.ends_with("нет): Тепло."));
  n.payload = R"({"attempt":1,"narration":")" + std::string(2'000, '<') + R"("})";
  CHECK(test::fault_of_html(std::get<notifications::video_message>(rendered(n)).caption, 1024)
        == "");
}

TEST_CASE("notifications: a photo goes as it will be filmed, with words that do without it") {
  const auto row = notification_of("photo_preview", R"({"photo":"photos/1.ready-1280x960.jpg"})");
  const auto shown = std::get<notifications::photo_message>(rendered(row));
  CHECK(shown.photo.value == "photos/1.ready-1280x960.jpg.vertical.jpg");
  CHECK(shown.caption.starts_with(
    "🖼 Видео вертикальное, а фото широкое"));
  CHECK(test::fault_of_html(shown.caption, 1024) == "");
  const notifications::notification source{row};
  CHECK(notifications::photo_of(source) == shown.photo);
  CHECK(notifications::video_of(source).value.empty());
  CHECK(notifications::render_as_link(source, settings(), "").text == shown.caption);
  CHECK(
    std::holds_alternative<notifications::unsendable>(rendered(notification_of("photo_preview"))));
  CHECK(notifications::photo_of(notifications::notification{done(5)}).value.empty());
}

TEST_SUITE_END();
