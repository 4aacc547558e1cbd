#include "tests/support/databases.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards;
using namespace neurocards::test;
using nlohmann::json;

namespace {

struct reconcile_fixture : migrated_database {
  ~reconcile_fixture() { check_promises(); }

  json reconcile(const json& purchases, bool end_jobs = true) {
    return json::parse(value("SELECT reconcile($$" + purchases.dump() + "$$, "
                             + (end_jobs ? "true" : "false") + ", 'anna@bot-1', 'restored')"));
  }

  json view() { return json::parse(value("SELECT what_was_restored()")); }
};

json purchase(const std::string& charge, int64_t user, int credits) {
  return {{"charge", charge}, {"user", user},       {"username", "ann"}, {"first_name", "Ann"},
          {"language", "en"}, {"credits", credits}, {"stars", 250},      {"payload", "p"}};
}

} // namespace

TEST_SUITE_BEGIN("integration/db/reconcile");

TEST_CASE_FIXTURE(
  reconcile_fixture,
  "reconcile: purchases come back once, also of somebody the backup does not know") {
  add_user(7, 5);
  sql("SELECT record_purchase(7, 'known', 5, 'XTR', 250)");
  const json list{purchase("known", 7, 5), purchase("new", 7, 5), purchase("stranger", 8, 20),
                  purchase("unfit", 8, 0)};
  const auto first = reconcile(list);
  CHECK(first["brought"] == 3);
  CHECK(first["credits"] == 25);
  CHECK(value("SELECT credits FROM users WHERE tg_user_id = 7") == "15");
  CHECK(value("SELECT credits || ' ' || first_name || ' ' || language_code FROM users "
              "WHERE tg_user_id = 8")
        == "20 Ann en");
  CHECK(value("SELECT string_agg(chat_id || ' ' || (payload->>'amount'), ', ' ORDER BY chat_id) "
              "FROM notifications WHERE kind = 'credits_granted'")
        == "7 5, 8 20");
  CHECK(
    value("SELECT string_agg(charge_id, ' ' ORDER BY charge_id) FROM payments WHERE credits = 0")
    == "unfit");
  const auto second = reconcile(list);
  CHECK(second["brought"] == 0);
  CHECK(value("SELECT sum(credits) FROM users") == "35");
  CHECK(value("SELECT count(*) FROM notifications WHERE kind = 'credits_granted'") == "2");
  // And when Telegram brings the update after all.
  CHECK(value("SELECT fresh FROM record_purchase(7, 'new', 5, 'XTR', 250)") == "f");
}

TEST_CASE_FIXTURE(reconcile_fixture,
                  "reconcile: jobs without a task end with their credit, jobs with one go on") {
  add_user(7, 5);
  const auto without = add_job(7, "order:0");
  const auto with_task = add_job(7, "order:1");
  sql("UPDATE jobs SET kie_task_id = 't' WHERE id = '" + with_task + "'");
  CHECK(view()["jobs_without_task"] == 1);
  CHECK(reconcile(json::array(), false)["jobs_ended"] == 0);
  CHECK(value("SELECT status FROM jobs WHERE id = '" + without + "'") == "queued");
  CHECK(reconcile(json::array())["jobs_ended"] == 1);
  CHECK(value("SELECT status FROM jobs WHERE id = '" + without + "'") == "failed");
  CHECK(value("SELECT status FROM jobs WHERE id = '" + with_task + "'") == "queued");
  CHECK(value("SELECT credits FROM users WHERE tg_user_id = 7") == "4");
  CHECK(view()["jobs_without_task"] == 0);
}

TEST_CASE_FIXTURE(reconcile_fixture,
                  "reconcile: what cannot be known is left to an operator, with who and why") {
  sql("INSERT INTO nodes (incarnation, name, heartbeat_at) VALUES (gen_random_uuid(), 'w', "
      "now() - interval '2 hours')");
  CHECK(view()["nodes_work"] == false);
  reconcile(json::array());
  CHECK(value("SELECT operator || ' ' || verb || ' ' || reason FROM operator_actions")
        == "anna@bot-1 reconcile restored");
  CHECK(value("SELECT matter FROM left_to_operators()") == "restored from a backup");
  CHECK(value("SELECT detail LIKE 'from ' || to_char((now() - interval '2 hours') AT TIME ZONE "
              "'UTC', 'YYYY-MM-DD HH24:MI') || ':% only purchases are known: %' "
              "FROM left_to_operators()")
        == "t");
  sql("UPDATE operator_actions SET at = now() - interval '31 days'");
  CHECK(value("SELECT count(*) FROM left_to_operators()") == "0");
}

TEST_CASE_FIXTURE(reconcile_fixture, "reconcile: where nodes work, nothing was restored") {
  auto as_node = config();
  as_node.application_name = "neurocards worker-1";
  const auto node = db::connect(as_node);
  CHECK(view()["nodes_work"] == true);
  CHECK(reconcile(json::array(), false)["restored"] == false);
  CHECK(value("SELECT count(*) FROM left_to_operators()") == "0");
}

TEST_CASE_FIXTURE(reconcile_fixture,
                  "reconcile: nodes that were started while it asked keep their jobs") {
  add_user(7, 5);
  const auto job = add_job(7, "order:0");
  CHECK(view()["nodes_work"] == false); // what the operator is asked about
  auto as_node = config();
  as_node.application_name = "neurocards bot";
  const auto node = db::connect(as_node);
  CHECK(refusal("SELECT reconcile($$" + json::array({purchase("new", 7, 5)}).dump()
                + "$$, true, 'anna@bot-1', 'restored')")
        == "NC006");
  CHECK(value("SELECT status FROM jobs WHERE id = '" + job + "'") == "queued");
  CHECK(value("SELECT credits FROM users WHERE tg_user_id = 7") == "4");
  CHECK(value("SELECT count(*) FROM operator_actions") == "0");
  CHECK(reconcile(json::array({purchase("new", 7, 5)}), false)["brought"] == 1);
}

TEST_CASE_FIXTURE(reconcile_fixture,
                  "reconcile: refunds that the backup does not know are taken back, once") {
  add_user(7, 0);
  for (const char* charge : {"a", "b", "c"})
    sql("SELECT record_purchase(7, '" + std::string{charge} + "', 5, 'XTR', 250)");
  sql("SELECT refund_payment('c')");
  CHECK(view()["refunded"] == json{"c"});
  const std::string call =
    "SELECT reconcile('[]', false, 'anna@bot-1', 'restored', '{a,a,c}')"; // b stays
  const auto first = json::parse(value(call));
  CHECK(first["refunded"] == 1);
  CHECK(first["credits_taken"] == 5);
  CHECK(value("SELECT credits FROM users WHERE tg_user_id = 7") == "5");
  CHECK(json::parse(value(call))["refunded"] == 0);
  CHECK(value("SELECT count(*) FROM notifications WHERE kind = 'payment_refunded'") == "2");
  CHECK(view()["refunded"].size() == 2);
}

TEST_CASE_FIXTURE(reconcile_fixture,
                  "reconcile: payments that Telegram cannot list are no matter") {
  add_user(7, 5);
  sql("SELECT record_purchase(7, 'stars', 5, 'XTR', 250)");
  sql("SELECT record_purchase(7, 'yookassa:1', 5, 'RUB', 50000)");
  CHECK(view()["charges"] == json{"stars"});
}

TEST_SUITE_END();
