#include "tests/e2e/both_modes.hpp"

#include <pqxx/pqxx>

// Purchases with their ends: paid once, and money that goes back with its credits.

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* thanks = "🎉 Оплата прошла: +5";
constexpr const char* receipt =
  "↩️ Покупка возвращена: 250 звёзд снова у вас.";
constexpr const char* ready = "✅ Видео готово!";

struct shop_world : world {
  explicit shop_world(updates_by mode = updates_by::polling) : world(mode) {
    options.emplace_back("--credits.welcome=0");
    options.emplace_back("--credits.packs=[{credits=5, stars=250}]");
  }
  ~shop_world() { db.check_promises(); }

  /// The newest invoice for the pack, once it is in the chat.
  int64_t invoice(int64_t user) {
    services.post("send", {{"user", user}, {"text", "/balance"}});
    wait_until("the shop", [&] { return services.press(user, "💳 Купить кредиты"); });
    wait_until("the pack", [&] { return services.press(user, "5 кредитов"); });
    int64_t found = 0;
    wait_until("the invoice", [&] {
      const auto all = services.get("messages?chat=" + std::to_string(user) + "&since=0");
      for (const auto& x : all.at("messages"))
        if (x.contains("invoice"))
          found = x.at("message_id");
      return found != 0;
    });
    return found;
  }

  json pay(int64_t user, int64_t message) {
    return services.post("pay", {{"user", user}, {"message_id", message}});
  }

  /// The charge of a purchase whose credits are there.
  std::string buy(int64_t user) {
    const auto before = credits(user);
    const auto paid = pay(user, invoice(user));
    REQUIRE(paid.at("paid") == true);
    wait_until("the credits", [&] { return credits(user) == before + 5; });
    return paid.at("charge_id");
  }

  void introduce(int64_t user) {
    services.post("send", {{"user", user}, {"text", "/start"}});
    wait_until("the terms", [&] { return services.press(user, "✅ Принимаю условия"); });
    wait_for_all();
  }

  /// Until nothing that users or Telegram did is unanswered.
  void wait_for_all() {
    wait_until("all to be handled", [&] {
      return services.get("updates").at("pending") == 0
             && db.number("SELECT count(*) FROM updates WHERE handled_at IS NULL") == 0;
    });
    wait_for_marks();
  }

  int64_t credits(int64_t user) {
    return db.number("SELECT coalesce(sum(credits), 0) FROM users WHERE tg_user_id = "
                     + std::to_string(user));
  }

  std::vector<std::string> refund_of(const std::string& charge) {
    return {"payments", "refund", charge, "--reason=test", "--yes", "--json"};
  }

  int64_t refunds_asked() { return services.times_called("telegram", "refundStarPayment"); }

  /// Telegram refunds at the next call, and its answer is lost.
  void lose_answer_to_refund() {
    services.post("script", {{"service", "telegram"},
                             {"operation", "refundStarPayment"},
                             {"how", "hang"},
                             {"takes_effect", true}});
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/money_back");

TEST_CASE("e2e: an order that waits for credits goes on by itself when they are paid") {
  shop_world w{each_mode()};
  w.start_node();
  w.order(7, 3);
  w.expect(7, "❌ Недостаточно кредитов");
  const auto paid = w.pay(7, w.invoice(7));
  REQUIRE(paid.at("paid") == true);
  w.expect(7, thanks);
  w.expect(7, "✅ Принял! 3 видео запущена");
  wait_until("the videos", [&] { return w.times_said(7, ready) == 3; });
  CHECK(w.credits(7) == 2);
}

TEST_CASE("e2e: a payment that Telegram tells twice counts once and is thanked for once") {
  shop_world w{each_mode()};
  w.start_node();
  w.introduce(7);
  const auto charge = w.buy(7);
  const auto body = w.db.value("SELECT body FROM updates WHERE body LIKE '%successful_payment%'");
  auto again = json::parse(body);
  again.erase("update_id"); // as a new one
  w.services.post("update", again);
  wait_until("the second", [&] {
    return w.db.number("SELECT count(*) FROM updates WHERE body LIKE '%successful_payment%' "
                       "AND handled_at IS NOT NULL")
           == 2;
  });
  w.wait_for_all();
  CHECK(w.credits(7) == 5);
  CHECK(w.times_said(7, "🎉") == 1);
}

TEST_CASE("e2e: a node killed between payment and answer leaves what the next one completes") {
  shop_world w{each_mode()};
  auto& first = w.start_node();
  w.introduce(7);
  const auto invoice = w.invoice(7);
  w.wait_for_all();
  {
    const auto locks = w.db.connect();
    pqxx::work tx{*locks};
    tx.exec("SELECT FROM users WHERE tg_user_id = 7 FOR UPDATE"); // nobody credits him now
    REQUIRE(w.pay(7, invoice).at("paid") == true);
    wait_until("the payment to be stored", [&] {
      return w.db.number("SELECT count(*) FROM updates WHERE body LIKE '%successful_payment%'")
             == 1;
    });
    first.kill();
    wait_until("what the node had asked for, begun or not, to end without the lock", [&] {
      return w.db.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                         "AND application_name LIKE 'neurocards %'")
             == 0;
    });
  }
  CHECK(w.credits(7) == 0);
  w.start_node();
  w.expect(7, thanks);
  w.wait_for_all();
  CHECK(w.credits(7) == 5);
  CHECK(w.db.number("SELECT count(*) FROM payments") == 1);
}

TEST_CASE("e2e: an operator refunds a payment once, with what is unspent of it") {
  shop_world w{each_mode()};
  w.start_node();
  w.introduce(7);
  const auto charge = w.buy(7);
  w.order(7, 3); // three of five
  wait_until("the videos", [&] { return w.times_said(7, ready) == 3; });
  CHECK(w.verb({"payments", "refund", charge, "--reason=test"}).code == 2); // money: --yes
  const auto first = w.verb(w.refund_of(charge));
  REQUIRE_MESSAGE(first.code == 0, first.output);
  CHECK(json::parse(first.output)["shortfall"] == 3);
  CHECK(w.credits(7) == 0);
  w.expect(7, receipt);
  const auto second = w.verb(w.refund_of(charge));
  CHECK(second.code == 0);
  CHECK(w.refunds_asked() == 1);
  w.wait_for_all(); // Telegram's own message about it among them
  CHECK(w.times_said(7, receipt) == 1);
  CHECK(w.credits(7) == 0);
  const auto list = json::parse(w.verb({"payments", "list", "--user=7", "--json"}).output);
  REQUIRE(list["payments"].size() == 1);
  CHECK(list["payments"][0]["charge_id"] == charge);
  CHECK_FALSE(list["payments"][0]["refunded_at"].is_null());
  CHECK(w.verb({"payments", "show", charge}).output.find("payment_refund") != std::string::npos);
}

TEST_CASE("e2e: a refund that Telegram makes by itself takes its credits, once") {
  shop_world w{each_mode()};
  w.start_node();
  w.introduce(7);
  const auto first = w.buy(7);
  w.buy(7);
  w.services.post("refund", {{"charge_id", first}});
  w.expect(7, receipt);
  CHECK(w.credits(7) == 5);
  const auto update =
    json::parse(w.db.value("SELECT body FROM updates WHERE body LIKE '%refunded_payment%'"));
  w.services.post("update", {{"message", update.at("message")}}); // told twice
  w.wait_for_all();
  CHECK(w.verb(w.refund_of(first)).code == 0); // known: nothing is asked of Telegram
  CHECK(w.refunds_asked() == 0);
  CHECK(w.credits(7) == 5);
  CHECK(w.times_said(7, receipt) == 1);
  CHECK(w.db.number("SELECT count(*) FROM payments WHERE refunded_at IS NOT NULL") == 1);
}

TEST_CASE("e2e: an operator who is killed between Telegram and the database repeats it") {
  shop_world w;
  auto& node = w.start_node();
  w.introduce(7);
  const auto charge = w.buy(7);
  w.wait_for_all();
  node.signal(SIGTERM); // nobody hears Telegram's own message
  CHECK(node.wait() == 0);
  w.lose_answer_to_refund();
  {
    process killed{built("neurocards"), w.refund_of(charge), w.environment(),
                   w.folder().file("killed.log"), w.folder().path()};
    wait_until("the refund at Telegram", [&] { return w.refunds_asked() == 1; });
    killed.kill();
  }
  CHECK(w.credits(7) == 5);
  CHECK(w.db.number("SELECT count(*) FROM payments WHERE refund_asked_at IS NOT NULL "
                    "AND refunded_at IS NULL")
        == 1);
  const auto again = w.verb(w.refund_of(charge)); // Telegram: CHARGE_ALREADY_REFUNDED
  REQUIRE_MESSAGE(again.code == 0, again.output);
  CHECK(w.refunds_asked() == 2);
  CHECK(w.credits(7) == 0);
  w.start_node(); // hears of it now
  w.expect(7, receipt);
  w.wait_for_all();
  CHECK(w.times_said(7, receipt) == 1);
  CHECK(w.credits(7) == 0);
}

TEST_CASE("e2e: what Telegram refuses to refund stays as it was, and is told") {
  shop_world w;
  w.start_node();
  w.introduce(7);
  const auto charge = w.buy(7);
  w.services.post("script", {{"service", "telegram"},
                             {"operation", "refundStarPayment"},
                             {"status", 400},
                             {"message", "Bad Request: CHARGE_ID_INVALID"}});
  const auto refused = w.verb(w.refund_of(charge));
  CHECK(refused.code == 1);
  CHECK(refused.output.find("CHARGE_ID_INVALID") != std::string::npos);
  CHECK(w.credits(7) == 5);
  CHECK(w.db.number("SELECT count(*) FROM payments WHERE refund_asked_at IS NOT NULL") == 0);
  CHECK(w.verb(w.refund_of("stxUnknown")).code == 1);
  CHECK(w.verb(w.refund_of(charge)).code == 0);
  CHECK(w.credits(7) == 0);
}

TEST_CASE("e2e: a banned user's payment is refused, everybody else's is taken") {
  shop_world w{each_mode()};
  w.start_node();
  w.introduce(7);
  const auto invoice = w.invoice(7);
  CHECK(w.verb({"users", "ban", "7", "--reason=test"}).code == 0);
  const auto refused = w.pay(7, invoice);
  CHECK(refused.at("paid") == false);
  CHECK(refused.at("error").get<std::string>().starts_with("Доступ к боту закрыт"));
  CHECK(w.verb({"users", "unban", "7", "--reason=test"}).code == 0);
  CHECK(w.pay(7, invoice).at("paid") == true);
  wait_until("the credits", [&] { return w.credits(7) == 5; });
}

TEST_CASE("e2e: a pre-checkout is answered in time although the database says nothing") {
  shop_world w{updates_by::webhook};
  w.start_node();
  w.introduce(7);
  const auto invoice = w.invoice(7);
  w.wait_for_all();
  SUBCASE("the database is away") {
    w.db.go_away();
    CHECK(w.pay(7, invoice).at("paid") == true);
    w.db.come_back();
  }
  SUBCASE("its tables are locked") {
    const auto locks = w.db.connect();
    pqxx::work tx{*locks};
    tx.exec("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    CHECK(w.pay(7, invoice).at("paid") == true);
  }
  w.expect(7, thanks);
  CHECK(w.credits(7) == 5);
}

TEST_CASE("e2e: reconcile takes back what was refunded while nobody listened") {
  shop_world w;
  auto& node = w.start_node();
  w.introduce(7);
  const auto charge = w.buy(7);
  w.wait_for_all();
  node.signal(SIGTERM);
  CHECK(node.wait() == 0);
  w.services.post("refund", {{"charge_id", charge}});
  const auto done = w.verb({"reconcile", "--reason=test", "--yes", "--json"});
  REQUIRE_MESSAGE(done.code == 0, done.output);
  const auto told = json::parse(done.output);
  CHECK(told["given_back"] == json::array({charge}));
  CHECK(told["refunded"] == 1);
  CHECK(told["credits_taken"] == 5);
  CHECK(w.credits(7) == 0);
  const auto again = w.verb({"reconcile", "--reason=test"}); // nothing is left to be asked about
  CHECK(again.code == 0);
  CHECK(again.output.find("1 purchase and 1 refund;") != std::string::npos);
}

TEST_SUITE_END();
