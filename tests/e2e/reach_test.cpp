#include "tests/e2e/reach_world.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;

// Operators' chats, invitations, broadcasts, and what newcomers are shown.

TEST_SUITE_BEGIN("e2e/reach");

TEST_CASE("e2e: operators' chats are told once of what needs a person, and may ask") {
  reach_world w;
  w.variables["ADMIN_IDS"] = "43";
  w.options = {"--http.listen=127.0.0.1:0", "--operators.chats=[42]", "--credits.welcome=5"};
  w.services.post("users", {{"id", 43}, {"started", true}});
  w.services.post("users", {{"id", 42}, {"started", true}});
  w.services.post("script", {{"service", "kie"},
                             {"operation", "createTask"},
                             {"code", 402},
                             {"message", "Credits insufficient"},
                             {"count", 0}});
  auto& node = w.start_node();
  w.order(7);
  w.expect(42, "💳 KIE отказывает: на счёте нет денег");
  w.expect(43, "💳 KIE отказывает: на счёте нет денег");
  w.expect(42, "🔑 Не осталось ни одного рабочего ключа");
  node.kill();
  w.start_node();
  w.db.sql("SELECT begin_outage('kie', 'probe', 'HTTP 502')");
  w.expect(42, "🔴 Сервис генерации kie не работает");
  w.db.sql("SELECT end_outage('kie')");
  w.expect(42, "🟢 Сервис генерации kie снова работает");
  CHECK(w.times_said(42, "💳") == 1);
  CHECK(w.times_said(43, "💳") == 1);
  CHECK(w.times_said(7, "💳") + w.times_said(7, "🔴") == 0);

  w.say(42, "/status");
  w.expect(42, "🛰 Кластер");
  w.services.post("send", {{"user", 42}, {"type", "video"}, {"sample", "mp4"}});
  w.expect(42, "🆔 ");
  w.services.post("send", {{"user", 43}, {"type", "photo"}, {"caption", "/id"}});
  w.expect(43, "🆔 ");
  w.say(7, "/status");
  w.expect(7, "🤔 Такой команды не знаю");
  w.services.post("send", {{"user", 7}, {"type", "video"}, {"sample", "mp4"}});
  w.wait_for_marks();
  CHECK(w.times_said(7, "🆔") + w.times_said(7, "🛰") == 0);
  w.db.check_promises();
}

TEST_CASE("e2e: operators are told when the template writes the scripts") {
  reach_world w;
  w.options = {"--http.listen=127.0.0.1:0", "--operators.chats=[42]", "--credits.welcome=5"};
  w.services.post("users", {{"id", 42}, {"started", true}});
  w.services.post("script", {{"service", "openai"},
                             {"operation", "chat"},
                             {"count", 0},
                             {"status", 401},
                             {"code", "invalid_api_key"},
                             {"message", "Incorrect API key provided"}});
  w.start_node();
  for (const int user : {7, 8, 9})
    w.order(user, 5);
  w.expect(42, "📝 Сценарии пишет запасной шаблон");
  CHECK(w.times_said(7, "📝 Сценарии") == 0);
}

TEST_CASE("e2e: who invites a friend and the friend get their credits when he first pays") {
  reach_world w;
  w.options = {"--http.listen=127.0.0.1:0", "--referral.inviter=3", "--referral.invited=2",
               "--credits.welcome=0"};
  w.start_node();
  w.join(7);
  wait_until("the bot's name",
             [&] { return w.db.number("SELECT count(*) FROM settings WHERE key = 'bot'") == 1; });
  w.say(7, "/balance");
  w.press(7, "🎁 Пригласить друга");
  std::string code;
  wait_until("the link", [&] {
    for (const auto& text : w.services.said_to(7))
      if (const auto at = text.find("?start=ref_"); at != std::string::npos)
        code = text.substr(at + 7);
    return !code.empty();
  });
  w.join(8, "/start " + code);
  w.join(9); // without
  w.buy(9);
  CHECK(w.credits(7) == 0);
  w.buy(8);
  w.expect(7, "🎁 Ваш друг купил кредиты, и вам начислено 3 кредита. На балансе 3.");
  w.expect(8, "🎁 Вы пришли по приглашению: 2 кредита в подарок к первой покупке. На балансе 7.");
  w.buy(8);
  wait_until("the second payment", [&] { return w.credits(8) == 12; });
  CHECK(w.credits(7) == 3);
  CHECK(w.credits(9) == 5);
  w.say(8, "/start " + code); // neither old users nor repetitions count
  w.say(7, "/balance");
  wait_until("the ledger", [&] {
    for (const auto& text : w.services.said_to(7))
      if (text.find("+3 — приглашение друга") != std::string::npos)
        return true;
    return false;
  });
  w.wait_for_marks();
  w.db.check_promises();
}

TEST_CASE("e2e: a broadcast reaches everybody once, through a pause and a kill") {
  reach_world w;
  w.options = {"--http.listen=127.0.0.1:0", "--broadcast.rate=20", "--notifier.rate=100"};
  w.add_users(101, 160);
  w.db.sql("UPDATE users SET banned_at = now() WHERE tg_user_id = 110");
  w.services.post("block", {{"user", 111}});
  auto& node = w.start_node();
  const auto file = w.text_file("📣 <b>Новая модель</b> уже здесь\n");
  CHECK(w.verb({"broadcast", "create", file, "--paused"}).code == 2);   // no reason
  CHECK(w.verb({"broadcast", "create", file, "--reason=x"}).code == 2); // nobody to be asked
  CHECK(w.verb({"broadcast", "create", "--reason=x", "--yes"}).code == 2);
  CHECK(w.verb({"broadcast", "create", file, "--paused", "--reason=x"}).code == 0);
  CHECK(w.verb({"broadcast", "resume", "1", "--reason=go"}).code == 0);
  const auto written = [&] { return w.db.number("SELECT messages FROM broadcasts WHERE id = 1"); };
  wait_until("some news", [&] { return written() >= 10; });
  CHECK(w.verb({"broadcast", "pause", "1", "--reason=wait"}).code == 0);
  const auto paused_at = written();
  CHECK(paused_at < 58);
  w.wait_for_marks();
  CHECK(written() == paused_at);
  CHECK(w.verb({"broadcast", "resume", "1", "--reason=go"}).code == 0);
  wait_until("more news", [&] { return written() >= paused_at + 5; });
  node.kill();
  w.start_node();
  wait_until("the end",
             [&] { return w.db.value("SELECT status FROM broadcasts WHERE id = 1") == "done"; });
  w.wait_for_marks();
  int twice = 0;
  for (int user = 101; user <= 160; ++user) {
    CAPTURE(user);
    const int told = w.times_said(user, "📣 Новая модель уже здесь");
    if (user == 110 || user == 111)
      CHECK(told == 0);
    else
      CHECK(told >= 1);
    twice += told > 1 ? 1 : 0;
  }
  CHECK(twice <= 5); // were on their way when the node was killed
  CHECK(w.db.value("SELECT count(*) || ' ' || count(DISTINCT chat_id) FROM notifications "
                   "WHERE kind = 'news'")
        == std::to_string(written()) + " " + std::to_string(written()));

  const auto list = w.verb({"broadcast", "list", "--json"});
  CHECK(nlohmann::json::parse(list.output).at("broadcasts").at(0).at("status") == "done");
  CHECK(w.verb({"broadcast", "cancel", "1", "--reason=x"}).code == 1);
  w.db.check_promises();
}

TEST_CASE("e2e: who wants no news gets none, until he wants them again") {
  reach_world w;
  w.start_node();
  w.join(7);
  w.join(8);
  const auto broadcast = [&](const std::string& text) {
    CHECK(w.verb({"broadcast", "create", w.text_file(text), "--reason=x", "--yes"}).code == 0);
    wait_until("the end of " + text, [&] {
      return w.db.value("SELECT string_agg(DISTINCT status, '') FROM broadcasts") == "done";
    });
    w.wait_for_marks();
  };
  broadcast("📣 Раз");
  CHECK(w.times_said(7, "📣 Раз") == 1);
  w.press(7, "🔕 Не присылать новости");
  w.expect(7, "🔕 Новостей больше не будет");
  broadcast("📣 Два");
  CHECK(w.times_said(7, "📣 Два") == 0);
  CHECK(w.times_said(8, "📣 Два") == 1);
  w.say(7, "/balance");
  w.press(7, "🔔 Присылать новости");
  w.expect(7, "🔔 Будем присылать новости");
  broadcast("📣 Три");
  CHECK(w.times_said(7, "📣 Три") == 1);
  w.db.check_promises();
}

TEST_CASE(
  "e2e: newcomers are shown the welcome videos, and one that Telegram refuses hurts nobody") {
  reach_world w;
  w.options = {"--http.listen=127.0.0.1:0", "--operators.chats=[42]"};
  auto& node = w.start_node();
  w.services.post("send", {{"user", 42}, {"type", "video"}, {"sample", "mp4"}});
  w.expect(42, "🆔 ");
  const auto answer = w.services.said_to(42).back();
  const auto id = answer.substr(std::string{"🆔 "}.size());
  node.kill();
  w.start_node({"--welcome.videos=[\"BAAC-of-another-bot\", \"" + id + "\"]"});
  w.join(7);
  CHECK(w.newest(7, "video").at("video").at("file_id") == id);
  CHECK(w.db.number("SELECT count(*) FROM notifications WHERE kind = 'welcome_video' "
                    "AND dropped_at IS NOT NULL")
        == 1);
  w.db.check_promises();
}

TEST_SUITE_END();
