#include "tests/e2e/reach_world.hpp"

#include <algorithm>

using namespace neurocards::test;

// What reaches people changes while nodes run.

namespace {

struct changing_world : reach_world {
  const std::string file = folder().file("reach.conf");

  changing_world() {
    write("");
    start_node({"--config-file=" + file});
  }

  void write(const std::string& settings) {
    std::ofstream{file + ".new"} << "credits { welcome = 0 }\n" << settings;
    std::rename((file + ".new").c_str(), file.c_str());
  }

  void reload(const std::string& settings) {
    write(settings);
    const auto got = verb({"reload", "--db.heartbeat=500ms"});
    CHECK_MESSAGE(got.code == 0, got.output);
  }

  /// The link by which the user invites; empty: he has no such button.
  std::string invitation_of(int64_t user) {
    say(user, "/balance");
    press(user, "🎁 Пригласить друга");
    std::string code;
    wait_until("the link", [&] {
      for (const auto& text : services.said_to(user))
        if (const auto place = text.find("?start=ref_"); place != std::string::npos)
          code = text.substr(place + std::string{"?start="}.size());
      return !code.empty();
    });
    return code;
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/reach_reload");

TEST_CASE_FIXTURE(changing_world, "e2e: operators' chats and welcome videos change by a reload") {
  join(42);
  say(42, "/status");
  expect(42, "🤔 Такой команды не знаю");
  reload("operators { chats = [42] }");
  say(42, "/status");
  expect(42, "🛰 Кластер");
  db.sql("SELECT begin_outage('kie', 'probe', 'HTTP 502')");
  expect(42, "🔴 Сервис генерации kie не работает");
  services.post("send", {{"user", 42}, {"type", "video"}, {"sample", "mp4"}});
  expect(42, "🆔 ");
  const std::string answer = "🆔 "; // perhaps not the last word: the outage ends by itself
  const auto said = services.said_to(42);
  const auto told =
    std::ranges::find_if(said, [&](const std::string& x) { return x.starts_with(answer); });
  REQUIRE(told != said.end());
  const auto id = told->substr(answer.size());

  reload("operators { chats = [43] } welcome { videos = [\"" + id + "\"] }");
  join(8);
  CHECK(newest(8, "video").at("video").at("file_id") == id);
  CHECK(times_said(42, "🤔") == 1);
  say(42, "/status");
  wait_until("no answer to him any more", [&] { return times_said(42, "🤔") == 2; });
  say(43, "/status");
  expect(43, "🛰 Кластер");
}

TEST_CASE_FIXTURE(changing_world, "e2e: what an invitation brings changes by a reload") {
  wait_until("the bot's name",
             [&] { return db.number("SELECT count(*) FROM settings WHERE key = 'bot'") == 1; });
  join(7);
  say(7, "/balance");
  expect(7, "👤 ");
  CHECK_FALSE(services.press(7, "🎁 Пригласить друга"));
  reload("referral { inviter = 4, invited = 1 }");
  join(8, "/start " + invitation_of(7));
  reload("referral { inviter = 0, invited = 0 }"); // he came before
  buy(8);
  expect(7, "🎁 Ваш друг купил кредиты, и вам начислено 4 кредита.");
  CHECK(credits(7) == 4);
  wait_until("his own", [&] { return credits(8) == 6; });
  db.check_promises();
}

TEST_CASE_FIXTURE(changing_world, "e2e: news go out faster after a reload") {
  reload("broadcast { rate = 0.01 }"); // two in 100 s
  add_users(101, 130);
  CHECK(verb({"broadcast", "create", text_file("📣 Новость"), "--reason=x", "--yes"}).code == 0);
  const auto written = [&] { return db.number("SELECT messages FROM broadcasts WHERE id = 1"); };
  wait_until("the first of it", [&] { return written() >= 1; });
  CHECK(written() <= 2);
  reload("broadcast { rate = 1000 }");
  wait_until("all of it",
             [&] { return db.value("SELECT status FROM broadcasts WHERE id = 1") == "done"; });
  CHECK(written() == 30);
}

TEST_CASE_FIXTURE(changing_world,
                  "e2e: a reload reaches a coordinator that did not hear the word") {
  const auto deaf = [&] {
    return db.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                     "WHERE datname = current_database() AND query LIKE 'LISTEN %control%'");
  };
  wait_until("its ears are closed", [&] { return deaf() == 1; });
  reload("broadcast { rate = 7 }");
}

TEST_SUITE_END();
