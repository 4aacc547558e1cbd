#include "tests/e2e/both_modes.hpp"

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// One node whose queue an operator can hold.
struct history_world : world {
  explicit history_world(updates_by mode, std::vector<std::string> settings = {}) : world(mode) {
    settings.emplace_back("--credits.welcome=10");
    start_node(settings);
  }

  void queue(const std::string& action) {
    CHECK(verb({"queue", action, "--reason=test"}).code == 0);
  }

  void say(const std::string& text) { services.post("send", {{"user", 7}, {"text", text}}); }

  void press(const std::string& text) {
    wait_until("button " + text, [&] { return services.press(7, text); });
  }

  void expect_videos(int count) {
    wait_until(std::to_string(count) + " videos",
               [&] { return times_said(7, "✅ Видео готово!") == count; });
    wait_for_marks();
  }

  void expect_state(const std::string& state) {
    wait_until(state, [&] { return db.value("SELECT state FROM sessions") == state; });
    wait_for_marks(); // the newest button is the one that was asked for
  }

  /// Three more videos, each step when the one before it is done.
  void order_again() {
    services.post("send", {{"user", 7}, {"type", "photo"}, {"caption", "Кружка"}});
    expect_state("awaiting_template");
    press("🎥 Рекламное видео");
    expect_state("awaiting_wishes");
    say("-");
    expect_state("awaiting_count");
    press("3️⃣");
    expect_state("awaiting_confirmation");
    press("🚀 Запустить");
  }

  int64_t credits() { return db.number("SELECT credits FROM users WHERE tg_user_id = 7"); }

  /// All that was sent to the bot had its effect.
  void settle() {
    wait_until("all updates", [&] {
      return db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL") == 0;
    });
    wait_for_marks();
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/history");

TEST_CASE("e2e: a video of /history is sent again, by its id and from our storage") {
  history_world w{each_mode()};
  w.order(7);
  w.expect_videos(1);
  w.say("/history");
  w.press("📤 Прислать ещё раз");
  w.expect_videos(2);
  const auto id = w.db.value("SELECT video_file_id FROM jobs");
  // An id of another bot is refused by Telegram: the file is uploaded, and has one of ours then.
  w.db.sql("UPDATE jobs SET video_file_id = 'BAAC-of-another-bot'");
  w.press("📤 Прислать ещё раз");
  w.expect_videos(3);
  CHECK(w.db.value("SELECT video_file_id FROM jobs") != "BAAC-of-another-bot");
  CHECK(w.db.value("SELECT video_file_id FROM jobs") != id);
  CHECK(w.credits() == 9);
  w.db.check_promises();
}

TEST_CASE("e2e: an order that waits is taken back from /history, once and in time") {
  history_world w{each_mode()};
  w.queue("pause");
  w.order(7, 3);
  w.expect(7, "✅ Принял! 3 видео запущена");
  w.say("/history");
  w.press("↩️ Отменить и вернуть"); // the newest
  w.expect(7, "↩️ Заказ отменён. 1 кредит вернулся");
  CHECK(w.credits() == 8);
  w.press("↩️ Отменить и вернуть"); // the same button
  w.expect(7, "👌 Этот заказ уже закрыт");
  CHECK(w.credits() == 8);
  CHECK(w.db.value("SELECT error_details->>'class' FROM jobs WHERE status = 'failed'")
        == "CANCELLED");
  // The others go on, and their old buttons are too late.
  w.services.post("settings", {{"kie_time", 3'000}});
  w.say("/history");
  w.wait_for_marks();
  w.queue("resume");
  wait_until("two tasks",
             [&] { return w.db.number("SELECT count(*) FROM jobs WHERE kie_task_id <> ''") == 2; });
  w.press("↩️ Отменить и вернуть");
  w.expect(7, "🎬 Отменить уже не получится");
  w.expect_videos(2);
  CHECK(w.services.get("tasks").at("count") == 2);
  CHECK(w.credits() == 8);
  w.db.check_promises();
}

TEST_CASE("e2e: an order beyond limits.unfinished-jobs waits and goes on when there is room") {
  history_world w{each_mode(), {"--limits.unfinished-jobs=4"}};
  w.queue("pause");
  w.order(7, 3);
  w.expect(7, "✅ Принял! 3 видео запущена");
  w.order_again();
  w.expect(7, "⏳ Одновременно в работе может быть не больше 4 видео");
  CHECK(w.credits() == 7);
  w.queue("resume");
  w.expect_videos(3);
  w.press("🚀 Запустить");
  w.expect_videos(6);
  CHECK(w.credits() == 4);
  w.db.check_promises();
}

TEST_CASE("e2e: messages beyond the limit are told once and lose nothing") {
  history_world w{each_mode(), {"--limits.messages-per-minute=12"}};
  w.queue("pause");
  w.order(7); // eight of them
  w.expect(7, "✅ Принял! 1 видео запущена");
  for (int i = 0; i < 20; ++i)
    w.say("/history");
  w.expect(7, "🐢 Слишком много сообщений подряд");
  w.settle();
  CHECK(w.times_said(7, "🐢 Слишком много сообщений подряд") == 1);
  w.queue("resume");
  w.expect_videos(1);
  w.db.check_promises();
}

TEST_SUITE_END();
