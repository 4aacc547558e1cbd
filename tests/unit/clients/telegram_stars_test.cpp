#include "clients/telegram.hpp"

#include "recorded.hpp"

using namespace neurocards;
using namespace neurocards::telegram;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/clients/telegram_stars");

TEST_CASE("telegram: star transactions tell purchases, refunds and everything else apart") {
  const auto list = parse_star_transactions(answered(200, R"({"ok":true,"result":{"transactions":[
    {"id":"stx1","amount":250,"date":1767225600,"source":{"type":"user",
      "transaction_type":"invoice_payment","invoice_payload":"1:x:5x250",
      "user":{"id":501,"is_bot":false,"first_name":"Ann","username":"ann","language_code":"en"}}},
    {"id":"stx1","amount":250,"date":1767225700,"receiver":{"type":"user",
      "transaction_type":"invoice_payment","user":{"id":501,"is_bot":false,"first_name":"Ann"}}},
    {"id":"stx2","amount":225,"date":1767225800,"source":{"type":"user",
      "transaction_type":"invoice_payment","invoice_payload":"p","affiliate":{"amount":25},
      "user":{"id":502,"is_bot":false,"first_name":"Bob"}}},
    {"id":"stx3","amount":9,"date":1767225900,"source":{"type":"user",
      "transaction_type":"paid_media_payment","user":{"id":502,"is_bot":false,"first_name":"Bob"}}},
    {"id":"stx4","amount":1000,"date":1767226000,"receiver":{"type":"fragment"}},
    {"id":"stx5","amount":1,"date":1767226100}]}})"));
  REQUIRE(list);
  REQUIRE(list->size() == 6);
  const auto& bought = list->at(0);
  CHECK(bought.charge == "stx1");
  CHECK(bought.stars == 250);
  CHECK(bought.comes_in);
  CHECK(bought.is_of_invoice);
  CHECK_FALSE(bought.is_shared);
  CHECK(bought.payload == "1:x:5x250");
  CHECK(bought.payer.user.value == 501);
  CHECK(bought.payer.username == "ann");
  CHECK(bought.payer.first_name == "Ann");
  CHECK(bought.payer.language_code == "en");
  CHECK_FALSE(list->at(1).comes_in);
  CHECK(list->at(1).is_of_invoice);
  CHECK(list->at(2).is_shared);
  for (const size_t other : {3, 4, 5})
    CHECK_FALSE(list->at(other).is_of_invoice);
}

TEST_CASE("telegram: an answer without a list of star transactions is none") {
  CHECK(
    parse_star_transactions(answered(200, R"({"ok":true,"result":{"transactions":[]}})"))->empty());
  for (const auto* body : {R"({"ok":true,"result":true})", R"({"ok":true,"result":{}})", "<html>"})
    CHECK_FALSE(parse_star_transactions(answered(200, body)));
  CHECK_FALSE(parse_star_transactions(answered(401, R"({"ok":false,"error_code":401})")));
}

TEST_CASE("telegram: star transactions are asked for by page") {
  const api bot{"https://t.example", secret{"1:abc"}, std::chrono::seconds{5}};
  const auto x = bot.get_star_transactions(200, 100);
  CHECK(x.url == "https://t.example/bot1:abc/getStarTransactions");
  CHECK(x.body == R"({"limit":100,"offset":200})");
}

TEST_CASE("telegram: a refund names its user and its charge") {
  const api bot{"https://t.example", secret{"1:abc"}, std::chrono::seconds{5}};
  const auto x = bot.refund_star_payment(user_id{501}, "stx1");
  CHECK(x.url == "https://t.example/bot1:abc/refundStarPayment");
  CHECK(x.body == R"({"telegram_payment_charge_id":"stx1","user_id":501})");
}

TEST_SUITE_END();
