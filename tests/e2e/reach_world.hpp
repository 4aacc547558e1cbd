#pragma once

#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace neurocards::test {

/// Users who join, invite, pay and are told news.
struct reach_world : world {
  void say(int64_t user, const std::string& text) {
    services.post("send", {{"user", user}, {"text", text}});
  }

  void press(int64_t user, const std::string& text) {
    wait_until("button " + text, [&] { return services.press(user, text); });
  }

  void join(int64_t user, const std::string& start = "/start") {
    say(user, start);
    press(user, "✅ Принимаю условия");
    expect(user, "🤝 Спасибо!");
    wait_for_marks();
  }

  /// Users whom the bot may write to, as if each had been there.
  void add_users(int from, int to) {
    for (int user = from; user <= to; ++user)
      services.post("users", {{"id", user}, {"started", true}});
    db.sql("INSERT INTO users (tg_user_id) SELECT generate_series(" + std::to_string(from) + ", "
           + std::to_string(to) + ")");
  }

  nlohmann::json newest(int64_t user, const std::string& member) {
    nlohmann::json result;
    wait_until(member + " to " + std::to_string(user), [&] {
      const auto all = services.get("messages?chat=" + std::to_string(user) + "&since=0");
      for (const auto& message : all.at("messages"))
        if (message.at("sandbox").at("from_bot") == true && message.contains(member))
          result = message;
      return !result.is_null();
    });
    return result;
  }

  void buy(int64_t user) {
    say(user, "/balance");
    press(user, "💳 Купить кредиты");
    press(user, "5 кредитов");
    const auto invoice = newest(user, "invoice");
    const auto paid =
      services.post("pay", {{"user", user}, {"message_id", invoice.at("message_id")}});
    REQUIRE(paid.at("paid") == true);
    expect(user, "🎉 Оплата прошла");
  }

  int64_t credits(int64_t user) {
    return db.number("SELECT credits FROM users WHERE tg_user_id = " + std::to_string(user));
  }

  std::string text_file(const std::string& text) {
    std::ofstream{folder().file("news.html")} << text;
    return "--text-file=" + folder().file("news.html");
  }
};

} // namespace neurocards::test
