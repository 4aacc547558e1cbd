#include "tests/support/world.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test;

// What nobody can say in a video stands below it (no maker's list has Russian).

namespace {

constexpr const char* below = "✅ Видео готово!\n\n💬 Текст к видео (голоса в нём нет): ";

struct film_world : world {
  /// What KIE was asked to film.
  std::string filmed() {
    return services.get("tasks?last=1").at("tasks")[0].at("request").at("input").at("prompt");
  }

  /// What stands below the user's video.
  std::string caption(int64_t user) {
    for (const auto& x : services.said_to(user))
      if (x.starts_with("✅ Видео готово!"))
        return x;
    return {};
  }

  void stop_openai() {
    services.post("script", {{"service", "openai"},
                             {"operation", "chat"},
                             {"count", 0},
                             {"status", 401},
                             {"code", "invalid_api_key"},
                             {"message", "Incorrect API key provided"}});
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/speech");

TEST_CASE_FIXTURE(film_world,
                  "e2e: a film in Russian is silent, and what it would say stands below it") {
  start_node({"--credits.welcome=5"});
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(caption(7) == below + std::string{"Вещь, которую сразу хочется взять в руки."});
  CHECK(filmed().find("NARRATION") == std::string::npos);

  // Sent again it still does.
  services.post("send", {{"user", 7}, {"text", "/history"}});
  wait_until("the button", [&] { return services.press(7, "📤 Прислать ещё раз"); });
  wait_until("the second", [&] { return times_said(7, below) == 2; });

  stop_openai(); // the built-in template asks for the same
  order(8);
  expect(8, "✅ Видео готово!");
  CHECK(caption(8) == below + std::string{"Керамическая кружка, 350 мл"});
  CHECK(filmed().find("No speech, no voice-over.") != std::string::npos);
  db.check_promises();
}

TEST_CASE_FIXTURE(film_world, "e2e: films speak where their maker says so, or the operator") {
  start_node({"--credits.welcome=5", "--kie.speech=always"});
  stop_openai();
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(caption(7) == "✅ Видео готово!");
  CHECK(filmed().find("voice-over") == std::string::npos);
  CHECK(db.value("SELECT coalesce(narration, 'none') FROM jobs") == "none");
  db.check_promises();
}

TEST_SUITE_END();
