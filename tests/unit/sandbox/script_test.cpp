#include "tests/unit/sandbox/fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test::simulated;

TEST_SUITE_BEGIN("unit/sandbox/script");

TEST_CASE_FIXTURE(services, "script: a rule answers so many calls, after letting some pass") {
  control("script", {{"service", "telegram"},
                     {"operation", "getMe"},
                     {"skip", 1},
                     {"count", 2},
                     {"code", 429},
                     {"retry_after", 7}});
  CHECK(telegram("getMe", {})["ok"] == true);
  const auto refused = post(bot + "/getMe", json::object());
  CHECK(refused.status == 429);
  CHECK(refused.headers.at("retry-after") == "7");
  CHECK(refused.parsed()
        == json{{"ok", false},
                {"error_code", 429},
                {"description", "Too Many Requests: retry after 7"},
                {"parameters", {{"retry_after", 7}}}});
  CHECK(telegram("getMe", {})["ok"] == false);
  CHECK(telegram("getMe", {})["ok"] == true);
  CHECK(read("script")[0]["used"] == 2);
}

TEST_CASE_FIXTURE(services, "script: rules match what a call is about") {
  control("send", {{"user", 1}, {"text", "a"}});
  control("send", {{"user", 2}, {"text", "a"}});
  control("script", {{"service", "telegram"},
                     {"operation", "sendmessage"},
                     {"match", {{"chat", 2}}},
                     {"count", 0},
                     {"status", 403},
                     {"message", "bot was kicked"}});
  CHECK(telegram("sendMessage", {{"chat_id", 1}, {"text", "x"}})["ok"] == true);
  CHECK(telegram("sendMessage", {{"chat_id", 2}, {"text", "x"}})["description"]
        == "Forbidden: bot was kicked");
  fetch({.url = base + "/control/script?service=telegram", .method = "DELETE"});
  CHECK(telegram("sendMessage", {{"chat_id", 2}, {"text", "x"}})["ok"] == true);
}

TEST_CASE_FIXTURE(services, "script: every way to break an answer") {
  const auto broken = [&](json rule) {
    rule["service"] = "openai";
    control("script", rule);
    const bool hangs = rule.value("how", "") == "hang";
    return fetch({.url = base + "/v1/models",
                  .headers = {"Authorization: Bearer sk-test"},
                  .timeout = hangs ? 100ms : patience,
                  .enough = 1U << 20});
  };
  CHECK(broken({{"how", "hang"}}).code == CURLE_OPERATION_TIMEDOUT);
  CHECK(broken({{"how", "cut"}}).code == CURLE_GOT_NOTHING);
  const auto half = broken({{"how", "cut_body"}});
  CHECK(half.status == 200);
  CHECK(half.code == CURLE_PARTIAL_FILE);
  CHECK(json::parse(broken({{"how", "malformed"}}).body, nullptr, false).is_discarded());
  const auto endless = broken({{"how", "endless"}});
  CHECK(endless.code == CURLE_WRITE_ERROR); // we stopped reading, it did not stop sending
  CHECK(endless.body.size() > 1U << 20);
  CHECK(broken({{"how", "empty"}}).body == "");
  const auto page = broken({{"how", "html"}});
  CHECK(page.status == 502);
  CHECK(page.headers.at("content-type") == "text/html");
  CHECK(broken({{"how", "pass"}}).status == 200);
  const auto unusual = broken({{"how", "unusual"}});
  CHECK(unusual.status == 200);
  CHECK(json::parse(unusual.body)["object"] == "list");
  CHECK(unusual.headers.contains("x-twice"));
  CHECK(broken({{"status", 503}, {"headers", {{"Retry-After", "3"}}}, {"body", "busy"}})
          .headers.at("retry-after")
        == "3");
}

TEST_CASE_FIXTURE(services, "script: an answer can be lost after the call took effect") {
  control("send", {{"user", 1}, {"text", "a"}});
  control("script", {{"service", "telegram"},
                     {"operation", "sendMessage"},
                     {"how", "cut"},
                     {"takes_effect", true}});
  const auto lost = fetch({.url = bot + "/sendMessage?chat_id=1&text=hello"});
  CHECK(lost.code == CURLE_GOT_NOTHING);
  const auto chat = read("messages?chat=1")["messages"];
  REQUIRE(chat.size() == 2);
  CHECK(chat[1]["text"] == "hello");
}

TEST_CASE_FIXTURE(services, "script: a refusal without effect does nothing") {
  control("send", {{"user", 1}, {"text", "a"}});
  control("script", {{"service", "telegram"}, {"operation", "sendMessage"}, {"status", 500}});
  CHECK(telegram("sendMessage", {{"chat_id", 1}, {"text", "x"}})["error_code"] == 500);
  CHECK(read("messages?chat=1")["messages"].size() == 1);
  const auto calls = read("calls?operation=sendMessage&last=5");
  CHECK(calls["counters"]["telegram.sendMessage"]["codes"] == json{{"500", 1}});
  CHECK(calls["last"][0]["chat"] == "1");
}

TEST_CASE_FIXTURE(services, "script: delays come on top") {
  control("script", {{"service", "telegram"}, {"operation", "getMe"}, {"delay", 80}});
  const auto begin = std::chrono::steady_clock::now();
  CHECK(telegram("getMe", {})["ok"] == true);
  CHECK(std::chrono::steady_clock::now() - begin >= 75ms);
}

TEST_CASE_FIXTURE(services, "control: wrong wishes are refused with a reason") {
  CHECK(control("script", {{"service", "kie"}, {"how", "wrongly"}})["error"]
        == "how: no such ending");
  CHECK(control("settings", {{"speed", 1}})["error"] == "no setting is called speed");
  CHECK(control("send", {{"text", "x"}})["error"] == "user is missing");
  CHECK(get(base + "/control/nonsense").status == 404);
  CHECK(post(base + "/control/script", "text").status == 400);
}

TEST_CASE_FIXTURE(services, "control: reset forgets everything") {
  control("send", {{"user", 1}, {"text", "a"}});
  control("settings", {{"kie_hmac_key", "x"}});
  control("script", {{"service", "telegram"}, {"count", 0}, {"status", 500}});
  create();
  control("reset", json::object());
  CHECK(telegram("getMe", {})["ok"] == true);
  CHECK(telegram("getUpdates", {})["result"].empty());
  CHECK(read("messages?chat=1")["messages"].empty());
  CHECK(read("tasks")["count"] == 0);
  CHECK(read("settings")["kie_hmac_key"] == "");
}

TEST_CASE_FIXTURE(services, "control: events can be waited for") {
  const auto last = read("events?timeout=0")["last"].get<int>();
  control("send", {{"user", 1}, {"text", "a"}});
  const auto news = read("events?since=" + std::to_string(last));
  REQUIRE(news["events"].size() == 1);
  CHECK(news["events"][0]["type"] == "message");
  CHECK(news["events"][0]["message"]["text"] == "a");
  CHECK(read("events?timeout=0&since=" + news["last"].dump())["events"].empty());
}

TEST_SUITE_END();
