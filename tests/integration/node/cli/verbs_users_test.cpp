#include "tests/integration/node/cli/verbs_fixture.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("integration/node/cli/verbs_users");

TEST_CASE_FIXTURE(verbs_fixture,
                  "verbs: a payment that fits nothing is told of until it is settled") {
  db.sql("SELECT record_purchase(7, 'charge-1', 0, 'XTR', 77, 'gold')");
  const auto told = call({"audit"});
  CHECK(told.code == 0);
  CHECK(told.says("payment without credits"));
  CHECK(told.says("charge-1"));
  CHECK(told.says("77 XTR"));
  CHECK(call({"status", "--json"}).says("charge-1"));
  CHECK(call({"users", "grant", "7", "-1", "--reason=test"}).code == 0);
  CHECK(call({"audit"}).says("charge-1"));
  CHECK(call({"users", "grant", "7", "1", "--reason=test"}).code == 0);
  CHECK_FALSE(call({"audit"}).says("charge-1"));
  db.check_promises();
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: users are shown, given credits and banned") {
  const auto shown = call({"users", "show", "7"});
  CHECK(shown.says("credits: 4"));
  CHECK(shown.says(job));
  const auto granted = call({"users", "grant", "7", "10", "--reason=test"});
  CHECK(granted.code == 0);
  CHECK(granted.says("balance 14"));
  CHECK(
    db.number("SELECT (payload->>'amount')::int FROM notifications WHERE kind = 'credits_granted'")
    == 10);
  CHECK(call({"users", "grant", "7", "-14", "--reason=test"}).says("balance 0"));
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'credits_granted'") == 1);
  CHECK(call({"users", "grant", "7", "-1", "--reason=test"}).code == 1);
  CHECK(call({"users", "grant", "8", "1", "--reason=test"}).code == 1);
  CHECK(call({"users", "ban", "7", "--reason=test"}).code == 0);
  CHECK(db.number("SELECT count(*) FROM users WHERE banned_at IS NOT NULL") == 1);
  CHECK(call({"users", "unban", "7", "--reason=test"}).code == 0);
  CHECK(db.number("SELECT count(*) FROM users WHERE banned_at IS NOT NULL") == 0);
  CHECK(call({"users", "ban", "8", "--reason=test"}).code == 1);
}

TEST_CASE_FIXTURE(
  verbs_fixture,
  "verbs: whoever loses the answer to a grant is told to look before he repeats it") {
  db.sql("CREATE FUNCTION lose_connection() RETURNS trigger LANGUAGE plpgsql AS "
         "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'");
  db.sql("CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON operator_actions DEFERRABLE INITIALLY "
         "DEFERRED FOR EACH ROW EXECUTE FUNCTION lose_connection()");
  const auto lost = call({"users", "grant", "7", "10", "--reason=test"});
  CHECK(lost.code == 1);
  CHECK(lost.says("it may be done or not"));
  CHECK(lost.says("before you repeat it"));
  db.sql("DROP FUNCTION lose_connection CASCADE");
  CHECK(call({"users", "show", "7"}).says("credits: 4"));
}

TEST_CASE_FIXTURE(verbs_fixture, "verbs: payments are listed and shown, of one user or of all") {
  CHECK(call({"payments", "list"}).says("Nobody has paid yet."));
  db.sql("SELECT record_purchase(7, 'charge-1', 5, 'XTR', 250)");
  db.add_user(8, 0);
  db.sql("SELECT record_purchase(8, 'charge-2', 5, 'XTR', 250)");
  db.sql("SELECT refund_payment('charge-2')");
  const auto all = call({"payments", "list"});
  CHECK(all.says("charge-1"));
  CHECK(all.says("charge-2"));
  const auto of_one =
    nlohmann::json::parse(call({"payments", "list", "--user=8", "--json"}).output);
  REQUIRE(of_one["payments"].size() == 1);
  CHECK(of_one["payments"][0]["shortfall"] == 0);
  CHECK(call({"payments", "list", "--user=anna"}).code == 2);
  const auto shown = nlohmann::json::parse(call({"payments", "show", "charge-2", "--json"}).output);
  CHECK(shown["ledger"][1]["kind"] == "payment_refund");
  CHECK(call({"payments", "show", "charge-1"}).says("purchase"));
  CHECK(call({"payments", "show", "charge-3"}).code == 1);
  // Without the bot's token nothing is asked of Telegram, nor written down.
  CHECK(call({"payments", "refund", "charge-1", "--reason=test", "--yes"}).code == 2);
  CHECK(db.number("SELECT count(*) FROM payments WHERE refund_asked_at IS NOT NULL") == 0);
}

TEST_CASE_FIXTURE(verbs_fixture,
                  "verbs: users are found, and forgotten when nothing is under way") {
  db.sql("UPDATE users SET username = 'anna_b', first_name = 'Anna'");
  for (const auto* text : {"7", "@anna_b", "NN", job.c_str()})
    CHECK_MESSAGE(call({"users", "find", text}).says("anna_b"), text);
  CHECK(call({"users", "find", "annab"}).says("Nobody is called so"));
  CHECK(nlohmann::json::parse(call({"users", "list", "--json"}).output)["users"].size() == 1);
  const auto busy = call({"users", "forget", "7", "--reason=test", "--yes"});
  CHECK(busy.code == 1);
  CHECK(busy.says("user 7 has a job or message under way"));
  CHECK(call({"jobs", "cancel", job, "--reason=test"}).code == 0);
  db.sql("UPDATE notifications SET sent_at = now()");
  CHECK(call({"users", "forget", "7", "--reason=test", "--yes"}).code == 0);
  CHECK(call({"users", "find", "anna"}).says("Nobody is called so"));
}

TEST_SUITE_END();
