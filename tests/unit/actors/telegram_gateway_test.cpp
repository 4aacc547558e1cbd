#include "tests/unit/actors/gateway_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;

namespace {

using ids = std::vector<int64_t>;

} // namespace

// ── polling ──────────────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/telegram_gateway");

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: does nothing until it leads") {
  start();
  advance(1min);
  CHECK(requests.empty());
  CHECK(pages == 0);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: takes the webhook away, but no waiting updates") {
  unconfirmed[7] = message(7, 501);
  gain();
  REQUIRE(count("telegram.deleteWebhook") == 1);
  CHECK(count("telegram.setWebhook") == 0);
  CHECK(count("telegram.getUpdates") > 0);
  for (const auto& x : requests)
    CHECK(x.body.find("drop_pending") == std::string::npos);
  CHECK(visited(501) == ids{7});
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: polls as long as Telegram allows, within 180 s") {
  SUBCASE("as configured") {
    settings.poll_timeout = 20s;
  }
  SUBCASE("capped") {
    settings.poll_timeout = 10min;
  }
  gain();
  const auto poll = std::find_if(requests.begin(), requests.end(),
                                 [](const auto& x) { return x.label == "telegram.getUpdates"; });
  REQUIRE(poll != requests.end());
  CHECK(nlohmann::json::parse(poll->body)["timeout"]
        == std::min<int64_t>(50, settings.poll_timeout / 1s));
  CHECK(poll->timeout == 180s);
  CHECK(poll->proxy.empty());
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: confirms an update only after it is stored") {
  hold_puts = true;
  gain();
  arrive({{10, message(10, 501)}, {11, message(11, 502)}});
  advance(1h);
  CHECK(offsets == ids{0});
  CHECK(visits.empty());
  release_puts();
  CHECK(offsets == ids{0, 12});
  CHECK(unconfirmed.empty());
  CHECK(visited(501) == ids{10});
  CHECK(visited(502) == ids{11});
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: keeps a batch until the inbox takes it") {
  gain();
  inbox_up = false;
  arrive({{10, message(10, 501)}});
  advance(10min);
  CHECK(offsets.size() == 1);
  CHECK(puts > 10);
  CHECK(puts < 100); // backs off
  CHECK(visits.empty());
  inbox_up = true;
  advance(12s);
  CHECK(visited(501) == ids{10});
  CHECK(unconfirmed.empty());
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: applies once what Telegram delivers twice") {
  gain();
  arrive({{10, message(10, 501)}});
  arrive({{10, message(10, 501)}, {11, message(11, 501)}});
  advance(1s);
  CHECK(visited(501) == ids{10, 11});
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: reads the inbox when a put's answer was lost") {
  gain();
  lost_answers = true;
  put_faults = {ec::unavailable};
  arrive({{10, message(10, 501)}, {11, message(11, 501)}});
  advance(2s);
  CHECK(visited(501) == ids{10, 11});
  arrive({{12, message(12, 501)}});
  CHECK(visited(501) == ids{10, 11, 12});
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: stores without content what the inbox refuses") {
  refused = [](const store::inbox_update& x) {
    return x.id.value == 12 && x.body.find("hello") != std::string::npos;
  };
  gain();
  arrive({{10, message(10, 501)},
          {11, message(11, 501)},
          {12, message(12, 501)},
          {13, message(13, 502)}});
  CHECK(visited(501) == ids{10, 11, 12});
  CHECK(visited(502) == ids{13});
  CHECK(inbox[12].update.body == R"({"update_id":12})");
  CHECK(inbox[11].update.body.find("hello") != std::string::npos);
  CHECK(unconfirmed.empty());
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: forgets its offset when all is confirmed") {
  gain();
  arrive({{1000, message(1000, 501)}});
  CHECK(offsets == ids{0, 1001});
  arrive({}); // the long poll ends with nothing
  advance(1s);
  CHECK(offsets.back() == 0);
  arrive({{5, message(5, 501)}}); // numbers begin anew after a quiet week
  CHECK(visited(501) == ids{1000, 5});
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: does not spin when Telegram answers at once") {
  tg_answers["telegram.getUpdates"].assign(1000, says(200, R"({"ok":true,"result":[]})"));
  gain();
  advance(10s);
  CHECK(polls.size() >= 10);
  CHECK(polls.size() <= 22); // two a second
}

// ── Telegram's refusals ──────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: backs off from a Telegram out of reach") {
  tg_answers["telegram.getUpdates"].assign(1000, http::response{});
  gain();
  advance(10min);
  CHECK(polls.size() >= 10min / 33s);
  CHECK(polls.size() <= 40);
  CHECK(polls[1] - polls[0] >= 900ms);
  CHECK(polls[2] - polls[1] > polls[1] - polls[0]);
  tg_answers["telegram.getUpdates"].clear();
  unconfirmed[10] = message(10, 501);
  advance(34s);
  CHECK(visited(501) == ids{10});
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: waits as long as Telegram says") {
  auto flood = refusal(429, "Too Many Requests: retry after 40");
  flood.body = R"({"ok":false,"error_code":429,"description":"Too Many Requests",)"
               R"("parameters":{"retry_after":40}})";
  tg_answers["telegram.getUpdates"] = {flood};
  gain();
  advance(40s);
  CHECK(polls.size() == 1);
  advance(1s);
  CHECK(polls.size() == 2);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: lets another poller go first") {
  tg_answers["telegram.getUpdates"] = {
    refusal(409, "Conflict: terminated by other getUpdates request")};
  gain();
  advance(4s);
  CHECK(polls.size() == 1);
  advance(2s);
  CHECK(polls.size() == 2);
  CHECK(count("telegram.deleteWebhook") == 1);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: takes away a webhook that was set behind its back") {
  tg_answers["telegram.getUpdates"] = {
    refusal(409, "Conflict: can't use getUpdates method while webhook is active")};
  gain();
  CHECK(count("telegram.deleteWebhook") == 2);
  CHECK(polls.size() == 2);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: asks seldom with a token that is refused") {
  SUBCASE("when polling") {
    tg_answers["telegram.getUpdates"].assign(1000, refusal(401, "Unauthorized"));
    gain();
    advance(10min);
    CHECK(polls.size() >= 9);
    CHECK(polls.size() <= 12);
  }
  SUBCASE("before") {
    tg_answers["telegram.deleteWebhook"].assign(1000, refusal(404, "Not Found"));
    gain();
    advance(10min);
    CHECK(count("telegram.deleteWebhook") <= 12);
    CHECK(polls.empty());
    tg_answers.clear();
    advance(67s);
    CHECK(polls.size() == 1);
  }
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: names its commands once, in both languages") {
  tg_answers["telegram.setMyCommands"] = {refusal(400, "Bad Request")};
  gain();
  lose();
  gain();
  CHECK(count("telegram.setMyCommands") == 2);
}

// ── order ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: lets no slow chat delay another") {
  blocked = {501};
  gain();
  arrive({{1, message(1, 501)}, {2, message(2, 502)}, {3, message(3, 501)}});
  arrive({{4, message(4, 502)}, {5, message(5, 503)}});
  CHECK(visited(502) == ids{2, 4});
  CHECK(visited(503) == ids{5});
  CHECK(unconfirmed.empty());
  unblock(501);
  CHECK(visited(501) == ids{1, 3});
  CHECK(unhandled() == 0);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: stops fetching when too much is unfinished") {
  capacity = 10;
  blocked = {501};
  gain();
  std::vector<std::pair<int64_t, std::string>> flood;
  for (int64_t id = 1; id <= 10; ++id)
    flood.emplace_back(id, message(id, 501));
  arrive(flood);
  CHECK(polls.size() == 1);
  advance(10min);
  CHECK(polls.size() == 1);
  unblock(501);
  CHECK(polls.size() == 2);
  CHECK(unconfirmed.empty());
}

// ── payments ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: answers a pre-checkout query before all else") {
  blocked = {501};
  gain();
  arrive({{1, message(1, 501)}});
  inbox_up = false;
  arrive({{2, checkout(2, 501)}});
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
  CHECK(visited(501) == ids{1});
  advance(1min);
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
  inbox_up = true;
  advance(12s);
  unblock(501);
  CHECK(visited(501) == ids{1, 2}); // in its payer's conversation
  CHECK(unhandled() == 0);
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
}

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: refuses the pre-checkout of a banned user, of nobody else") {
  const auto sold = [](int64_t id, int64_t user) {
    auto x = nlohmann::json::parse(checkout(id, user));
    x["pre_checkout_query"]["invoice_payload"] = "1:AAAAAAAAAAAAAAAAAAAAAA:5x250";
    return x.dump();
  };
  packs = {{5, 250}};
  banned = {502};
  gain();
  arrive({{1, sold(1, 501)}, {2, sold(2, 502)}});
  const auto answers = answers_to_checkouts();
  REQUIRE(answers.size() == 2);
  CHECK(answers[0]["ok"] == true);
  CHECK(answers[1]["ok"] == false);
  CHECK(answers[1]["pre_checkout_query_id"] == "checkout-2");
  CHECK_FALSE(answers[1]["error_message"].get<std::string>().empty());
}

TEST_CASE_FIXTURE(
  gateway_fixture,
  "telegram_gateway: answers a pre-checkout in time although nobody knows of bans") {
  banned = {501};
  gain();
  SUBCASE("the database is away") {
    inbox_up = false;
    arrive({{1, checkout(1, 501)}});
  }
  SUBCASE("the database says nothing") {
    hold_bans = true;
    arrive({{1, checkout(1, 501)}});
    CHECK(count("telegram.answerPreCheckoutQuery") == 0);
    advance(5s); // Telegram waits ten
  }
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
  advance(1min);
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: answers a query whose receiver died") {
  inbox[9].update = {update_id{9}, chat_id{0}, "pre_checkout_query", checkout(9, 501)};
  gain();
  CHECK(count("telegram.answerPreCheckoutQuery") == 1);
  CHECK(visited(501) == ids{9});
}

// ── leadership ───────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: stops fetching when another leads") {
  gain();
  lose();
  arrive({{10, message(10, 501)}}); // ends the poll that was open
  advance(10min);
  CHECK(polls.size() == 1);
  CHECK(visits.empty());
  CHECK(puts == 0);
  gain();
  CHECK(polls.size() == 3); // fetched, then confirmed
  CHECK(offsets == ids{0, 0, 11});
  CHECK(visited(501) == ids{10});
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: brings what it stored as leadership went") {
  hold_puts = true;
  gain();
  arrive({{10, message(10, 501)}});
  lose();
  release_puts();
  advance(10min);
  CHECK(visited(501) == ids{10});
  CHECK(offsets == ids{0}); // but leaves confirming to the new leader
}

TEST_CASE_FIXTURE(gateway_fixture, "telegram_gateway: polls once although it led twice") {
  hold_puts = true;
  gain();
  arrive({{10, message(10, 501)}});
  lose();
  gain(); // fetches the batch again
  release_puts();
  CHECK(offsets == ids{0, 0, 11});
  CHECK(visited(501) == ids{10});
}

// ── drain ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(gateway_fixture,
                  "telegram_gateway: drains its conversations and fetches no more") {
  blocked = {502};
  gain();
  arrive({{1, message(1, 501)}, {2, message(2, 502)}});
  const auto done = ask<caf::unit_t>(*this, gateway, drain_atom_v);
  settle();
  CHECK(done->value);
  CHECK(drained == 2);
  const auto before = polls.size();
  arrive({{3, message(3, 501)}});
  advance(10min);
  CHECK(polls.size() == before);
  CHECK(unconfirmed.size() == 1);
  const auto late = webhook(message(4, 501));
  settle();
  REQUIRE(late->error);
  CHECK(*late->error == ec::shutting_down);
}

TEST_SUITE_END();
