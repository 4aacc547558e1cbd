#include "tests/unit/actors/gateway_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;

namespace {

using ids = std::vector<int64_t>;

struct webhook_fixture : gateway_fixture {
  webhook_fixture() { settings.mode = config::telegram_mode::webhook; }
};

} // namespace

// ── webhook ──────────────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/telegram_gateway_webhook");

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: sets the webhook when it leads, and never polls") {
  tg_answers["telegram.setWebhook"] = {http::response{}};
  gain();
  advance(1min);
  CHECK(polls.empty());
  CHECK(count("telegram.deleteWebhook") == 0);
  REQUIRE(count("telegram.setWebhook") == 2); // the first was not answered
  const auto set = std::find_if(requests.begin(), requests.end(),
                                [](const auto& x) { return x.label == "telegram.setWebhook"; });
  const auto body = nlohmann::json::parse(set->body);
  CHECK(body["url"] == "https://cards.example/telegram/webhook");
  CHECK(body["secret_token"] == "webhook-secret");
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: an update that a webhook brought is stored whole") {
  start();
  const auto sent = message(1, 501);
  webhook(sent);
  settle();
  const auto& stored = inbox.at(1).update;
  CHECK(stored.kind == "message");
  CHECK(stored.chat == chat_id{501});
  CHECK(nlohmann::json::parse(stored.body) == nlohmann::json::parse(sent));
  CHECK(receivers == std::vector<uuid>{receiver});
}

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: answers a webhook only after storing it") {
  hold_puts = true;
  start(); // leading or not
  const auto answer = webhook(message(1, 501));
  advance(1min);
  CHECK(!answer->any());
  CHECK(visits.empty());
  release_puts();
  CHECK(answer->value);
  CHECK(visited(501) == ids{1});
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: answers a pre-checkout query before storing it") {
  hold_puts = true;
  start();
  const auto answer = webhook(checkout(1, 501));
  settle();
  CHECK(!answer->any());
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
  release_puts();
  CHECK(visited(501) == ids{1});
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: has Telegram repeat what it could not store") {
  start();
  inbox_up = false;
  const auto answer = webhook(message(1, 501));
  settle();
  REQUIRE(answer->error);
  CHECK(*answer->error == ec::unavailable);
  inbox_up = true;
  webhook(message(1, 501));
  const auto twice = webhook(message(1, 501));
  advance(1s);
  CHECK(twice->value);
  CHECK(visited(501) == ids{1});
}

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: refuses a body that is no update") {
  start();
  for (const auto* body : {"", "no JSON", "[]", R"({"message":{}})"}) {
    const auto answer = webhook(body);
    settle();
    REQUIRE(answer->error);
    CHECK(*answer->error == ec::rejected);
  }
  CHECK(inbox.empty());
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: refuses webhooks when too much is unfinished") {
  capacity = 1;
  blocked = {501};
  start();
  webhook(message(1, 501));
  settle();
  const auto answer = webhook(message(2, 502));
  settle();
  REQUIRE(answer->error);
  CHECK(*answer->error == ec::overloaded);
  CHECK(!inbox.contains(2));
}

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: brings older updates before live ones") {
  stored_before(1, 501);
  inbox_up = false;
  gain();
  inbox_up = true;
  const auto answer = webhook(message(2, 501)); // before the replay is tried again
  settle();
  CHECK(answer->value);
  CHECK(visits.empty());
  advance(1s);
  CHECK(visited(501) == ids{1, 2});
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: one without the lock reads again only its own") {
  stored_before(1, 777); // of another node
  blocked = {501};
  start();
  webhook(message(2, 501));
  settle();
  crash(501);
  blocked.clear();
  advance(5s);
  CHECK(visited(501) == ids{2, 2});
  CHECK(visited(777).empty());
}

// ── what others leave behind ─────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: brings within seconds what a dead receiver left behind") {
  gain();
  stored_before(1, 501);
  stored_before(2, 777); // its receiver lives
  stored_before(3, 501);
  inbox[1].left_behind = inbox[3].left_behind = true;
  advance(3s);
  CHECK(visited(501) == ids{1, 3});
  CHECK(visited(777).empty());
  advance(1min);
  CHECK(visited(501) == ids{1, 3});
  CHECK(visited(777) == ids{2}); // with the look of every minute
}

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: answers a purchase that was left behind") {
  gain();
  inbox[1].update = {update_id{1}, chat_id{}, "pre_checkout_query", checkout(1, 501)};
  inbox[1].left_behind = true;
  advance(3s);
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: leaves to the leader what others left") {
  start();
  stored_before(1, 501);
  inbox[1].left_behind = true;
  advance(5min);
  CHECK(visits.empty());
}

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: begins nothing that is stored as it drains") {
  hold_puts = true;
  start();
  const auto answer = webhook(message(1, 501));
  settle();
  const auto drained_at = ask<caf::unit_t>(*this, gateway, drain_atom_v);
  settle();
  CHECK(drained_at->value);
  release_puts();
  CHECK(answer->value);
  CHECK(spawned == 0);
  CHECK(unhandled() == 1); // for the next one
}

// ── what others change at Telegram ───────────────────────────────────────────────────────────────

namespace {

http::response webhook_info(const std::string& url, const std::string& more = "") {
  return gateway_fixture::says(
    200, R"({"ok":true,"result":{"url":")" + url
           + R"(","has_custom_certificate":false,"pending_update_count":0)" + more + "}}");
}

constexpr const char* our_webhook = "https://cards.example/telegram/webhook";

} // namespace

TEST_CASE_FIXTURE(webhook_fixture, "telegram_gateway: sets a webhook again that was taken away") {
  gain();
  settle();
  CHECK(count("telegram.setWebhook") == 1);
  tg_answers["telegram.getWebhookInfo"] = {webhook_info(our_webhook), webhook_info("")};
  advance(25s);
  CHECK(count("telegram.setWebhook") == 1); // all was well
  advance(25s);
  CHECK(count("telegram.setWebhook") == 2);
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: takes its webhook back from whoever replaced it") {
  SUBCASE("another address") {
    tg_answers["telegram.getWebhookInfo"] = {webhook_info("https://thief.example/x")};
  }
  SUBCASE("another path on the same host") {
    tg_answers["telegram.getWebhookInfo"] = {webhook_info("https://cards.example/old")};
  }
  SUBCASE("fewer kinds of update") {
    tg_answers["telegram.getWebhookInfo"] = {
      webhook_info(our_webhook, R"(,"allowed_updates":["message","callback_query"])")};
  }
  gain();
  settle();
  advance(25s);
  CHECK(count("telegram.setWebhook") == 2);
}

TEST_CASE_FIXTURE(webhook_fixture,
                  "telegram_gateway: leaves a webhook alone that is as it should be") {
  for (int i = 0; i < 20; ++i)
    tg_answers["telegram.getWebhookInfo"].push_back(webhook_info(
      our_webhook,
      R"(,"allowed_updates":["message","callback_query","pre_checkout_query","my_chat_member"])"));
  gain();
  advance(5min);
  CHECK(count("telegram.getWebhookInfo") >= 10);
  CHECK(count("telegram.setWebhook") == 1);
  lose();
  const auto asked = count("telegram.getWebhookInfo");
  advance(5min);
  CHECK(count("telegram.getWebhookInfo") == asked); // the next leader looks
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: names a webhook that keeps it from fetching, and removes it") {
  tg_answers["telegram.getUpdates"] = {says(
    409,
    R"({"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"})")};
  tg_answers["telegram.getWebhookInfo"] = {webhook_info("https://thief.example/token")};
  gain();
  settle();
  CHECK(count("telegram.getWebhookInfo") == 1);
  CHECK(count("telegram.deleteWebhook") == 2);
  CHECK(polls.size() == 2); // it fetches again
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: sets commands again that somebody changed") {
  gain();
  settle();
  CHECK(count("telegram.setMyCommands") == 2);
  const auto foreign = says(200, R"({"ok":true,"result":[{"command":"hack","description":"x"}]})");
  tg_answers["telegram.getMyCommands"] = {foreign, foreign};
  advance(11min);
  CHECK(count("telegram.setMyCommands") == 4);
}

TEST_SUITE_END();
