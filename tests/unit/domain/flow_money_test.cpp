#include "talk.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/domain/flow_money");

TEST_CASE("flow: with fewer credits than videos nothing is created and the order waits for them") {
  talk t = at_confirmation(2);
  t.press_label("🚀");
  CHECK(t.outcome == store::order_outcome::insufficient);
  CHECK(t.said().starts_with("❌ Недостаточно кредитов"));
  CHECK(t.toasts == std::vector<std::string>{"❌ Недостаточно кредитов"});
  CHECK(t.keys.empty());
  CHECK(t.credits == 2);
  CHECK(t.state == "awaiting_confirmation");
  REQUIRE(t.press_label("💳"));
  REQUIRE(t.press_label("5 кредитов"));
  REQUIRE(t.invoices.size() == 1);
  CHECK(t.invoices[0].stars == 250);
  t.pay(t.invoices[0]);
  CHECK(t.outcome == store::order_outcome::accepted); // by itself: it was launched before
  CHECK(t.credits == 4);
  CHECK(t.keys.size() == 3);
  REQUIRE(t.replies.size() == 2);
  CHECK(t.replies[0].text.find("На балансе 7") != std::string::npos);
  CHECK(t.said().starts_with("✅ Принял! 3 видео запущена"));
}

TEST_CASE("flow: what was paid launches no order that nobody launched, nor a changed one") {
  SUBCASE("never launched") {
    talk t = at_confirmation(2);
    t.pay({"t", "d", "1:AAAAAAAAAAAAAAAAAAAAAA:5x250", "l", 250});
    CHECK(t.outcome == store::order_outcome::none);
    CHECK(t.state == "awaiting_confirmation");
    CHECK(t.said().find("Ваш заказ ждал") != std::string::npos);
    REQUIRE(t.press_label("🚀"));
    CHECK(t.outcome == store::order_outcome::accepted);
  }
  SUBCASE("changed since") {
    talk t = at_confirmation(2);
    t.press_label("🚀");
    CHECK(t.outcome == store::order_outcome::insufficient);
    const auto draft = flow::parse_session(t.state, t.data).value.order->id;
    t.press(flow::data_of(flow::action::choose_count, draft.value, "5")); // an older button
    t.pay({"t", "d", "1:AAAAAAAAAAAAAAAAAAAAAA:5x250", "l", 250});
    CHECK(t.outcome == store::order_outcome::none);
    CHECK(t.keys.empty());
  }
  SUBCASE("not enough yet") {
    talk t = at_confirmation(0, "5️⃣");
    t.press_label("🚀");
    t.config.credits.packs = {{3, 150}};
    t.pay({"t", "d", "1:AAAAAAAAAAAAAAAAAAAAAA:3x150", "l", 150});
    CHECK(t.outcome == store::order_outcome::none);
    CHECK(t.credits == 3);
    t.pay({"t", "d", "1:AAAAAAAAAAAAAAAAAAAAAA:3x150", "l", 150}, "charge-2");
    CHECK(t.outcome == store::order_outcome::accepted);
    CHECK(t.credits == 1);
  }
}

TEST_CASE("flow: an order that waits for credits survives a walk through the menu") {
  talk t = at_confirmation(0, "1️⃣");
  t.press_label("🚀");
  t.press_label("🏠 В меню");
  CHECK(t.state == "idle");
  REQUIRE(t.press_label("💳"));
  t.press_label("5 кредитов");
  t.pay(t.invoices.at(0));
  CHECK(t.outcome == store::order_outcome::accepted);
  CHECK(t.state == "idle");
}

TEST_CASE("flow: a payment counts once and only for a pack of ours") {
  talk t = talk::known(0);
  t.say("/menu");
  t.press_label("💳");
  t.press_label("5 кредитов");
  const telegram::invoice invoice = t.invoices.at(0);
  CHECK(invoice.payload.size() <= 128);
  t.pay(invoice, "c1");
  CHECK(t.said().starts_with("🎉 Оплата прошла: +5"));
  t.pay(invoice, "c1"); // Telegram delivers at least once
  CHECK(t.credits == 5);
  CHECK(t.replies.empty()); // nobody is thanked for what he paid before
}

TEST_CASE(
  "flow: a payment that fits nothing brings no credits, and is written down for an operator") {
  talk t = talk::known(0);
  telegram::invoice strange;
  strange.stars = 249;
  const std::string id = "1:AAAAAAAAAAAAAAAAAAAAAA:";
  for (const std::string& payload :
       {id + "5x250", id + "gold", id + "5x", id + "x249", id + "-5x249", id + "99999999999x249",
        id + "5x249 ", std::string{"5x249"}, std::string{}}) {
    CAPTURE(payload);
    strange.payload = payload;
    t.pay(strange, "of " + payload);
    CHECK(t.credits == 0);
    REQUIRE(t.last.commit.bought);
    CHECK(t.last.commit.bought->charge_id == "of " + payload);
    CHECK(t.last.commit.bought->credits == 0);
    CHECK(t.last.commit.bought->amount == 249);
    CHECK(t.said().starts_with("🎉 Оплата прошла, но"));
  }
  t.give(telegram::successful_payment{"roubles", "RUB", 250, id + "5x250"});
  CHECK(t.last.commit.bought->credits == 0);
}

TEST_CASE("flow: who has paid gets what his invoice promised, whatever the table says by then") {
  const auto paid_with = [](std::vector<config::pack> packs) {
    talk t = talk::known(0);
    t.say("/menu");
    t.press_label("💳");
    t.press_label("10 кредитов");
    t.config.credits.packs = std::move(packs);
    t.pay(t.invoices.at(0)); // 450 Stars
    return t.credits;
  };
  CHECK(paid_with({{5, 250}, {10, 600}}) == 10); // dearer
  CHECK(paid_with({{5, 250}, {20, 450}}) == 10); // larger
  CHECK(paid_with({{5, 250}}) == 10);            // gone
  CHECK(paid_with({}) == 10);
}

TEST_CASE("flow: a payload that cannot be read is made good by what the money buys") {
  talk t = talk::known(0);
  t.give(telegram::successful_payment{"c1", "XTR", 460, "an older program's"});
  CHECK(t.credits == 10);
}

TEST_CASE("flow: pre-checkout lets through what is for sale and nothing else") {
  const talk t = talk::known();
  using flow::payer_access;
  const auto check = [&](const std::string& payload, const std::string& currency, int64_t amount,
                         payer_access access = payer_access::open) {
    return flow::check_pre_checkout({"q", currency, amount, payload}, t.who, access, t.config).ok;
  };
  const std::string id(22, 'A');
  CHECK(check("1:" + id + ":5x250", "XTR", 250));
  CHECK_FALSE(check("1:" + id + ":5x250", "XTR", 249));
  CHECK_FALSE(check("1:" + id + ":5x250", "RUB", 250));
  CHECK_FALSE(check("1:" + id + ":6x250", "XTR", 250));
  CHECK_FALSE(check("1:" + id + ":", "XTR", 250));
  CHECK_FALSE(check("1:" + id, "XTR", 250));
  CHECK_FALSE(check("", "XTR", 250));
  CHECK_FALSE(check("5x250", "XTR", 250));
  CHECK_FALSE(check("1:" + id + ":5x250", "XTR", 250, payer_access::banned));
  const auto gone =
    flow::check_pre_checkout({"q", "XTR", 1, ""}, t.who, payer_access::open, t.config);
  CHECK(gone.id == "q");
  CHECK(gone.error.starts_with("Этот набор"));
  const auto banned =
    flow::check_pre_checkout({"q", "XTR", 1, ""}, t.who, payer_access::banned, t.config);
  CHECK(banned.error.starts_with("Доступ к боту закрыт"));
}

TEST_CASE("flow: a refund is committed with its charge, and says nothing by itself") {
  talk t = at_confirmation(3);
  const auto state = t.state;
  for (const bool banned : {false, true}) {
    t.banned = banned;
    t.give(telegram::refunded_payment{"c1", "XTR", 250, "p"});
    REQUIRE(t.last.commit.refunded);
    CHECK(t.last.commit.refunded->charge_id == "c1");
    CHECK(t.last.commit.refunded->currency == "XTR");
    CHECK(t.last.commit.refunded->amount == 250);
    CHECK(t.last.commit.refunded->payload == "p");
    CHECK(t.replies.empty());
    CHECK(t.state == state); // an order that is being made goes on
  }
}

TEST_CASE("flow: welcome credits come with the first consent and never again") {
  talk t;
  t.say("/start");
  CHECK(t.said().find("2 кредита") != std::string::npos);
  CHECK(t.terms.empty());
  const std::string agree = t.button("✅ Принимаю условия");
  t.press(agree);
  CHECK(t.terms == "1");
  CHECK(t.credits == 2);
  t.press(agree);
  CHECK(t.credits == 2);
  CHECK_FALSE(t.last.commit.agreed);
  t.config.terms.version = "2"; // everybody is asked again, without a gift
  t.say("/menu");
  CHECK(t.said().starts_with("📄 Условия обновились"));
  t.press(agree); // the button of the old text does not agree to the new one
  CHECK(t.terms == "1");
  REQUIRE(t.press_label("✅ Принимаю условия"));
  CHECK(t.terms == "2");
  CHECK(t.credits == 2);
}

TEST_CASE("flow: without welcome credits none are promised") {
  talk t;
  t.config.credits.welcome = 0;
  t.say("/start");
  CHECK(t.said().find("🎁") == std::string::npos);
  t.press_label("✅");
  CHECK(t.said().find("подарок") == std::string::npos);
  CHECK(t.credits == 0);
}

TEST_CASE("flow: a photo sent before consent starts the order after it") {
  talk t;
  t.photo("Кружка");
  CHECK(t.fetched == 0); // nothing is kept of somebody who has not agreed
  CHECK(t.said().starts_with("📸 Фото вижу"));
  t.press_label("✅");
  CHECK(t.fetched == 1);
  CHECK(t.state == "awaiting_template");
  CHECK(t.replies.size() == 2);
  CHECK_FALSE(t.button("✨").empty());
  talk u;
  u.photo();
  u.next_photo = flow::photo_unavailable{};
  u.press_label("✅");
  CHECK(u.terms == "1"); // the consent stands although the photo could not be fetched
  CHECK(u.credits == 2);
  CHECK(u.said().starts_with("📡"));
  CHECK(u.state == "awaiting_photo");
}

TEST_CASE("flow: nothing but law and help is open before consent") {
  talk t;
  for (const char* command : {"/help", "/terms", "/support", "/paysupport"}) {
    t.say(command);
    CHECK_MESSAGE(t.button("✅ Принимаю").empty(), command);
  }
  for (const char* command : {"/menu", "/balance", "/history", "/cancel", "hello"}) {
    t.say(command);
    CHECK_MESSAGE(!t.button("✅ Принимаю").empty(), command);
  }
  t.press(flow::data_of(flow::action::cabinet));
  CHECK_FALSE(t.button("✅ Принимаю").empty());
}

TEST_CASE("flow: the banned are told so, order nothing, and still get what they paid for") {
  talk t = at_confirmation(10);
  const std::string launch = t.button("🚀");
  t.banned = true;
  t.press(launch);
  CHECK(t.outcome == store::order_outcome::none);
  CHECK(t.said().starts_with("🚫"));
  t.photo("Кружка");
  CHECK(t.fetched == 1); // the one before the ban
  CHECK(t.said().starts_with("🚫"));
  t.give(telegram::successful_payment{"c9", "XTR", 250, "1:AAAAAAAAAAAAAAAAAAAAAA:5x250"});
  CHECK(t.credits == 15);
}

TEST_CASE("flow: a version of the terms that fits into no button is refused") {
  CHECK(flow::faults_of(config::terms{}).empty());
  for (const std::string version : {"", "v 1", "1:2", "версия", "1234567890123456789012345"})
    CHECK_MESSAGE(flow::faults_of(config::terms{version, "", "", ""}).size() == 1, version);
}

TEST_SUITE_END();
