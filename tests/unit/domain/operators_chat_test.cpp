#include "domain/operators_chat.hpp"

#include "domain/alerts.hpp"
#include "talk.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using operators::question;
using telegram::content_kind;

namespace {

const config::operators known{{501, -100'200}};

telegram::message with_file(content_kind content, const std::string& caption = {}) {
  auto result = message_of(content, caption);
  result.file = telegram::file_ref{"BAAC-1", "u", "", "", 0, 0, 0};
  return result;
}

question asked(int64_t chat, telegram::message message) {
  telegram::incoming in;
  in.chat = chat_id{chat};
  in.where = chat < 0 ? telegram::chat_kind::group : telegram::chat_kind::private_chat;
  in.content = std::move(message);
  return operators::question_in(in, known);
}

std::string alert(const std::string& payload, language lang = language::ru) {
  return alerts::text_of(lang, *json::parse_object(payload));
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/operators_chat");

TEST_CASE("operators_chat: only the chats of the settings are answered, and only what is theirs") {
  struct {
    int64_t chat;
    telegram::message message;
    question expected;
  } table[] = {
    {501, message_of(content_kind::text, "/status"), question::status},
    {-100'200, message_of(content_kind::text, "/status@neurocards_bot"), question::status},
    {502, message_of(content_kind::text, "/status"), question::none},
    {-100'201, message_of(content_kind::text, "/status"), question::none},
    {501, message_of(content_kind::text, "status"), question::none},
    {501, message_of(content_kind::text, "/id"), question::none},
    {501, with_file(content_kind::video), question::file},
    {-100'200, with_file(content_kind::video, "anything"), question::file},
    {501, with_file(content_kind::photo, "/id"), question::file},
    {501, with_file(content_kind::photo), question::none}, // the operator orders a video
    {501, with_file(content_kind::photo, "/status"), question::none},
    {501, message_of(content_kind::video), question::none}, // without a file
    {502, with_file(content_kind::video), question::none},
    {502, with_file(content_kind::photo, "/id"), question::none},
  };
  for (auto& x : table) {
    CAPTURE(x.chat);
    CAPTURE(x.message.text);
    CHECK(asked(x.chat, x.message) == x.expected);
  }
  auto edited = message_of(content_kind::text, "/status");
  edited.edited = true;
  CHECK(asked(501, edited) == question::none);
}

TEST_CASE("operators_chat: /status tells what is wrong, and nothing of users") {
  const auto text = operators::status_text(language::en, R"({
    "nodes": [{"name": "a", "state": "alive"}, {"name": "b", "state": "silent"},
              {"name": "c", "state": "left"}],
    "queue": {"queued": 3, "processing": 2, "oldest_queued_seconds": 185},
    "last_hour": {"completed": 9, "failed": 1}, "outbox": {"unsent": 4},
    "providers": [{"name": "kie", "down": true, "down_seconds": 120}],
    "keys": [{"fingerprint": "abcd", "resting": true}, {"fingerprint": "ef01", "resting": false}],
    "models": [{"model": "sora", "resting": true}],
    "paused": {"queue": {"reason": "x"}, "keys": [{"fingerprint": "ef01"}], "nodes": [],
               "models": [{"model": "wan"}]},
    "promises": {"broken": 2}})");
  CHECK(text
        == "🛰 <b>The cluster</b>\nNodes: 1 of 2 alive\n🔴 silent: b\nQueue: 3, being made: 2\n"
           "The oldest order has waited 3 min\nLast hour: 9 done, 1 failed\nMessages waiting: 4\n"
           "🔴 down: kie, 2 min\n🧊 key cools down: abcd\n🧊 model cools down: sora\n"
           "⏸ paused: queue\n⏸ paused: ef01\n⏸ paused: wan\n🚨 broken promises: 2");
  CHECK(operators::status_text(language::en, "") == "🛰 <b>The cluster</b>");
}

TEST_CASE("operators_chat: an operator is answered before consent, a stranger as ever") {
  talk t;
  t.config.operators.chats = {501};
  t.say("/status");
  CHECK(t.said().starts_with("🛰 Кластер"));
  t.send(with_file(content_kind::video));
  CHECK(t.said() == "🆔 BAAC-1");
  t.send(with_file(content_kind::photo, "/id"));
  CHECK(t.said() == "🆔 BAAC-1");
  CHECK(t.fetched == 0);

  talk stranger = talk::known();
  stranger.say("/status");
  CHECK(stranger.said().starts_with("🤔 Такой команды не знаю"));
  stranger.send(with_file(content_kind::video));
  CHECK(stranger.said().starts_with("🎞 Видео пока не беру"));
}

TEST_CASE("operators_chat: an operators' group is answered there") {
  talk t;
  t.config.operators.chats = {-100'200};
  t.chat = chat_id{-100'200};
  t.where = telegram::chat_kind::group;
  t.say("/status");
  CHECK(t.said().starts_with("🛰 Кластер"));
  CHECK(t.state.empty());
  t.chat = chat_id{-100'201};
  t.say("/status");
  CHECK(t.said().starts_with("👋 Я работаю только в личных сообщениях"));
}

TEST_CASE("alerts: every cause has words of its own, and an unknown one is named") {
  CHECK(alert(R"({"cause": "billing"})").find("пополните") == std::string::npos);
  CHECK(alert(R"({"cause": "billing"})").starts_with("💳 KIE отказывает"));
  CHECK(alert(R"({"cause": "outage_began", "subject": "kie", "minutes": 7})", language::en)
        == "🔴 The generation service kie has been down for 7 min. Jobs wait and go on by "
           "themselves.");
  CHECK(alert(R"({"cause": "outage_ended", "subject": "kie", "minutes": 7})", language::en)
          .starts_with("🟢 The generation service kie is up again"));
  CHECK(alert(R"({"cause": "no_key", "count": 2})", language::en)
        == "🔑 None of the 2 keys can be used. No new video is made.");
  CHECK(alert(R"({"cause": "low_balance", "subject": "ab12", "provider": "kie", "count": 80})",
              language::en)
        == "💰 The KIE account of key ab12 has 80 credits left.");
  CHECK(alert(R"({"cause": "low_balance", "subject": "ab12", "count": 1})").ends_with("1 кредит."));
  CHECK(alert(R"({"cause": "billing", "subject": "runware", "provider": "runware"})")
          .starts_with("💳 Runware отказывает"));
  CHECK(alert(R"({"cause": "key_refused", "provider": "another"})", language::en)
          .starts_with("🔑 another does not accept a key"));
  CHECK(alert(R"({"cause": "template_scripts", "count": 9, "of": 10})", language::en)
          .find("9 of the last 10")
        != std::string::npos);
  for (const auto* cause : {"key_refused", "no_model", "promise_broken"})
    CHECK(alert(R"({"cause": ")" + std::string{cause} + "\"}").find("Нужен человек")
          == std::string::npos);
  CHECK(alert(R"({"cause": "flood <of> rain"})", language::en)
        == "❗ A person is needed: flood &lt;of&gt; rain. See neurocards status.");
}

TEST_SUITE_END();
