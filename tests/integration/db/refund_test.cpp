#include "protocol/store/conversations.hpp"
#include "protocol/store/inbox.hpp"
#include "tests/integration/db/conversation_steps.hpp"

#include <set>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// Money that goes back, and the credits it takes along.

using namespace neurocards;
using namespace neurocards::test;
using nlohmann::json;
using store::order_outcome;

namespace {

constexpr const char* node = "00000000-0000-4000-8000-000000000001";

struct refund_fixture : step_fixture {
  refund_fixture() { db.add_user(7, 0); }
  ~refund_fixture() { db.check_promises(); }

  void buy(const std::string& charge, int credits = 5, int64_t user = 7) {
    db.sql("SELECT record_purchase(" + std::to_string(user) + ", '" + charge + "', "
           + std::to_string(credits) + ", 'XTR', 250)");
  }

  /// "fresh taken shortfall"
  std::string refund(const std::string& charge) {
    return db.value("SELECT concat_ws(' ', fresh, taken, shortfall) FROM refund_payment('" + charge
                    + "')");
  }

  int64_t balance(int64_t user = 7) {
    return db.number("SELECT credits FROM users WHERE tg_user_id = " + std::to_string(user));
  }

  std::string receipts() {
    return db.value("SELECT string_agg(chat_id || ': ' || (payload->>'stars') || ' for ' || "
                    "(payload->>'taken') || ' + ' || (payload->>'spent'), ', ' ORDER BY id) "
                    "FROM notifications WHERE kind = 'payment_refunded'");
  }

  store::commit_step told_of_refund(const std::string& charge, int64_t user = 7) {
    auto x = step(user);
    x.refunded = store::refunded_purchase{charge, "XTR", 250, "p"};
    return x;
  }

  json ask_for(const std::string& charge) {
    return json::parse(db.value("SELECT ask_for_refund('" + charge + "', 'anna@bot-1', 'sorry')"));
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/refund");

TEST_CASE_FIXTURE(refund_fixture, "refund: what is unspent goes, once, with a receipt") {
  buy("a");
  buy("b");
  CHECK(refund("a") == "t 5 0");
  CHECK(refund("a") == "f 5 0");
  CHECK(balance() == 5);
  CHECK(receipts() == "7: 250 for 5 + 0");
  CHECK(db.value("SELECT string_agg(kind || ' ' || amount || ' ' || note, ', ' ORDER BY id) "
                 "FROM credit_ledger")
        == "purchase 5 a, purchase 5 b, payment_refund -5 a");
  CHECK(db.value("SELECT string_agg(charge_id, ' ') FROM payments WHERE refunded_at IS NOT NULL")
        == "a");
  CHECK(db.refusal("SELECT refund_payment('stranger')") == "NC002");
}

TEST_CASE_FIXTURE(refund_fixture, "refund: what was spent is the shortfall, never a debt") {
  buy("a");
  for (int i = 0; i < 3; ++i)
    db.add_job(7, "k:" + std::to_string(i));
  CHECK(refund("a") == "t 2 3");
  CHECK(balance() == 0);
  CHECK(refund("a") == "f 2 3");
  buy("b");
  CHECK(balance() == 5); // what he buys afterwards is his
  for (int i = 3; i < 8; ++i)
    db.add_job(7, "k:" + std::to_string(i));
  CHECK(refund("b") == "t 0 5");
  CHECK(receipts() == "7: 250 for 2 + 3, 7: 250 for 0 + 5");
  CHECK(db.number("SELECT sum(shortfall) FROM payments") == 8);
  CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'payment_refund'") == 1);
}

TEST_CASE_FIXTURE(refund_fixture, "refund: an order in the making goes on, and may still fail") {
  buy("a", 1);
  const auto job = db.add_job(7, "k:0");
  db.sql("SELECT claim_jobs('" + std::string{node} + "', 1)");
  CHECK(refund("a") == "t 0 1");
  CHECK(db.value("SELECT status FROM jobs") == "processing");
  db.sql("SELECT fail_job_and_refund('" + job + "', '" + node + "', 'e')");
  CHECK(balance() == 1); // of the job, which is the job's own refund
  CHECK(refund("a") == "f 0 1");
  CHECK(balance() == 1);
}

TEST_CASE_FIXTURE(refund_fixture, "refund: whoever refunds it at the same time, it is done once") {
  constexpr int payments = 20;
  for (int i = 0; i < payments; ++i)
    buy("c" + std::to_string(i), 3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([this, i] {
      const auto on = db.connect();
      for (int n = 0; n < payments; ++n) {
        const auto charge = "'c" + std::to_string((n * (i + 1)) % payments) + "'";
        pqxx::nontransaction{*on}.exec(i % 2 == 0
                                         ? "SELECT refund_payment(" + charge + ")"
                                         : "SELECT record_refund(7, " + charge + ", 'XTR', 250)");
      }
    });
  std::thread spender{[this] {
    const auto on = db.connect();
    for (int n = 0; n < 10; ++n)
      try {
        pqxx::nontransaction{*on}.exec("SELECT create_job_and_consume_credit(7, 'ugc', 's"
                                       + std::to_string(n) + "', 'p', '{}')");
      } catch (const pqxx::sql_error&) {
        // NC001: all was taken back already
      }
  }};
  for (auto& x : threads)
    x.join();
  spender.join();
  CHECK(db.number("SELECT count(*) FROM payments WHERE refunded_at IS NOT NULL") == payments);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'payment_refunded'")
        == payments);
  CHECK(balance() == 0);
  CHECK(db.number("SELECT sum(shortfall) FROM payments") == db.number("SELECT count(*) FROM jobs"));
}

TEST_CASE_FIXTURE(refund_fixture, "refund: Telegram's message takes the credits once") {
  buy("a");
  CHECK(ask.ask(told_of_refund("a"))->applied);
  CHECK(ask.ask(told_of_refund("a"))->applied);
  auto of_nobody = told_of_refund("a", 8); // told in another chat, say a group's
  CHECK(ask.ask(of_nobody)->applied);
  CHECK(balance() == 0);
  CHECK(balance(8) == 0);
  CHECK(receipts() == "7: 250 for 5 + 0");
}

TEST_CASE_FIXTURE(refund_fixture, "refund: a payment that comes after its refund brings nothing") {
  CHECK(ask.ask(told_of_refund("late"))->applied);
  CHECK(receipts() == "7: 250 for 0 + 0");
  auto x = step();
  x.bought = store::purchase{"late", 5, "XTR", 250, "p", {{notification_kind::reply, "{}"}}};
  CHECK(ask.ask(x)->order == order_outcome::none);
  CHECK(balance() == 0);
  CHECK(db.number("SELECT count(*) FROM left_to_operators()") == 0);
}

TEST_CASE_FIXTURE(refund_fixture, "refund: one batch pays, orders and takes back, each in place") {
  buy("a");
  auto paid = step(8);
  paid.bought =
    store::purchase{"b", 2, "XTR", 100, "p", {{notification_kind::reply, R"({"n":1})"}}};
  auto again = step(8);
  again.bought =
    store::purchase{"b", 2, "XTR", 100, "p", {{notification_kind::reply, R"({"n":2})"}}};
  auto took = ask.start(told_of_refund("a"));
  auto first = ask.start(paid);
  auto second = ask.start(again);
  CHECK(took.get()->applied);
  CHECK(first.get()->credits == 2);
  CHECK(second.get()->credits == 2);
  CHECK(balance() == 0);
  CHECK(balance(8) == 2);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'reply'") == 1); // of the two
}

TEST_CASE_FIXTURE(refund_fixture, "refund: an operator's is announced, then settled") {
  buy("a");
  const auto asked = ask_for("a");
  CHECK(asked["tg_user_id"] == 7);
  CHECK(balance() == 5); // nothing moves before Telegram has said yes
  CHECK(db.number("SELECT count(*) FROM left_to_operators()") == 0);
  db.sql("UPDATE payments SET refund_asked_at = now() - interval '2 minutes'");
  CHECK(db.value("SELECT matter || ' ' || subject FROM left_to_operators()")
        == "refund not ended a");
  const auto again = ask_for("a"); // after a kill
  const auto conclude = [&](const std::string& refusal) {
    return db.value("SELECT conclude_refund('a', " + again["action"].dump() + ", " + refusal + ")");
  };
  CHECK(json::parse(conclude("NULL")) == json{{"taken", 5}, {"shortfall", 0}});
  CHECK(json::parse(conclude("NULL")) == json{{"taken", 5}, {"shortfall", 0}});
  CHECK(balance() == 0);
  CHECK(db.number("SELECT count(*) FROM left_to_operators()") == 0);
  CHECK(ask_for("a")["action"].is_null()); // nothing is left to be done
  CHECK(db.value("SELECT operator || ' ' || verb || ' ' || reason || ' ' || (details->>'taken') "
                 "FROM operator_actions ORDER BY id DESC LIMIT 1")
        == "anna@bot-1 payments refund sorry 5");
}

TEST_CASE_FIXTURE(refund_fixture, "refund: what Telegram refuses leaves everything as it was") {
  buy("a");
  const auto action = ask_for("a")["action"].dump();
  CHECK(db.value("SELECT conclude_refund('a', " + action + ", 'CHARGE_ID_INVALID')") == "NULL");
  CHECK(balance() == 5);
  CHECK(db.value("SELECT refund_asked_at IS NULL FROM payments") == "t");
  CHECK(db.value("SELECT details->>'refused' FROM operator_actions") == "CHARGE_ID_INVALID");
  CHECK(db.refusal("SELECT ask_for_refund('b', 'anna@bot-1', 'sorry')") == "NC002");
  CHECK(db.refusal("SELECT ask_for_refund('a', 'anna@bot-1', ' ')") == "23514"); // no reason
  db.sql("UPDATE payments SET provider = 'yookassa'");
  CHECK(db.refusal("SELECT ask_for_refund('a', 'anna@bot-1', 'sorry')") == "NC004");
}

TEST_CASE_FIXTURE(refund_fixture, "refund: a payment that fits nothing is settled by its refund") {
  buy("unfit", 0);
  CHECK(db.number("SELECT count(*) FROM left_to_operators()") == 1);
  CHECK(refund("unfit") == "t 0 0");
  CHECK(db.number("SELECT count(*) FROM left_to_operators()") == 0);
}

TEST_CASE_FIXTURE(refund_fixture, "refund: credits of a refunded purchase earn nothing") {
  buy("a", 5);
  CHECK(db.value("SELECT stars_per_credit(7)::int") == "50");
  refund("a");
  CHECK(db.value("SELECT stars_per_credit(7)::int") == "0");
}

TEST_CASE_FIXTURE(refund_fixture, "refund: a second row of a charge, or one without, is refused") {
  buy("a");
  refund("a");
  const std::string insert =
    "INSERT INTO credit_ledger (tg_user_id, kind, amount, note) VALUES (7, 'payment_refund', ";
  CHECK(db.refusal(insert + "-1, 'a')") == "23505");
  CHECK(db.refusal(insert + "-1, NULL)") == "23514");
  CHECK(db.refusal(insert + "1, 'b')") == "23514");
  CHECK(db.refusal("UPDATE payments SET shortfall = 6") == "23514");
  buy("b");
  CHECK(db.refusal("UPDATE payments SET shortfall = 1 WHERE charge_id = 'b'") == "23514");
}

TEST_CASE_FIXTURE(store_fixture, "refund: the audit tells refunds that do not balance") {
  const auto broken = [this] {
    std::set<std::string> subjects;
    for (const auto& row : db.sql(our_schema().promises))
      if (row[0].as<std::string>() == "a refunded payment took what was unspent, once")
        subjects.insert(row[1].as<std::string>());
    return subjects;
  };
  db.add_user(7, 0);
  for (const char* charge : {"a", "b", "c"})
    db.sql("SELECT record_purchase(7, '" + std::string{charge} + "', 5, 'XTR', 250)");
  db.sql("SELECT refund_payment('a')");
  CHECK(broken().empty());
  db.sql("UPDATE payments SET refunded_at = now() WHERE charge_id = 'b'"); // and nothing taken
  db.sql("UPDATE payments SET shortfall = 1 WHERE charge_id = 'a'");
  db.sql("INSERT INTO credit_ledger (tg_user_id, kind, amount, note) "
         "VALUES (7, 'payment_refund', -1, 'c'), (7, 'payment_refund', -1, 'd')");
  CHECK(broken() == std::set<std::string>{"a", "b", "c", "d"});
}

TEST_CASE_FIXTURE(refund_fixture, "refund: operators see payments, and all of one") {
  buy("a");
  db.add_user(8, 0);
  buy("b", 5, 8);
  refund("a");
  const auto list = [this](const std::string& user) {
    return json::parse(db.value("SELECT payments_list(" + user + ")"));
  };
  CHECK(list("NULL").size() == 2);
  REQUIRE(list("8").size() == 1);
  CHECK(list("8")[0]["charge_id"] == "b");
  CHECK(list("8")[0]["refunded_at"].is_null());
  CHECK(list("9") == json::array());
  const auto shown = json::parse(db.value("SELECT payments_show('a')"));
  CHECK(shown["balance"] == 0);
  CHECK(shown["ledger"].size() == 2);
  CHECK(shown["ledger"][1]["amount"] == -5);
  CHECK(db.value("SELECT payments_show('z')") == "NULL");
}

TEST_SUITE_END();
