#include "tests/support/databases.hpp"

#include <set>
#include <thread>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// Calls the function once per connection, all at the same time; returns the answers and refusals.
std::multiset<std::string> call_at_once(const migrated_database& db, int callers,
                                        const std::function<std::string(int)>& call) {
  std::vector<std::unique_ptr<pqxx::connection>> connections;
  for (int i = 0; i < callers; ++i)
    connections.push_back(db.connect());
  std::mutex mutex;
  std::multiset<std::string> result;
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      std::string outcome;
      try {
        outcome =
          pqxx::nontransaction{*connections[static_cast<size_t>(i)]}.exec1(call(i))[0].c_str();
      } catch (const pqxx::sql_error& err) {
        outcome = err.sqlstate();
      }
      const std::lock_guard hold{mutex};
      result.insert(outcome);
    });
  }
  for (auto& x : threads)
    x.join();
  return result;
}

std::string order(int64_t user, const std::string& key) {
  return "SELECT job_id FROM create_job_and_consume_credit(" + std::to_string(user) + ", 'ugc', '"
         + key + "', 'photos/a.jpg', '{}')";
}

} // namespace

TEST_SUITE_BEGIN("integration/db/create_job");

TEST_CASE_FIXTURE(migrated_database, "create_job: has the published signature") {
  CHECK(value("SELECT pg_get_function_identity_arguments('create_job_and_consume_credit'::regproc)")
        == "p_tg_user_id bigint, p_template_type text, p_idempotency_key text, p_photo_path text, "
           "p_prompt_input jsonb");
  CHECK(value("SELECT pg_get_function_result('create_job_and_consume_credit'::regproc)")
        == "TABLE(job_id uuid, new_credits integer)");
}

TEST_CASE_FIXTURE(migrated_database, "create_job: inserts the complete job and takes one credit") {
  const int64_t user = (int64_t{1} << 52) - 1;
  add_user(user, 3);
  const auto row =
    sql(R"(SELECT * FROM create_job_and_consume_credit(4503599627370495, 'self', 'draft:2',
    'photos/p.jpg', '{"product_name": "mug", "product_text": "a \"blue\" mug", "extra_wishes": "slow",
                      "user_prompt": "turn it", "kind": "self", "template_id": "self-1", "video_index": 2}'))");
  CHECK(row[0]["new_credits"].as<int>() == 2);
  const auto job = sql("SELECT * FROM jobs")[0];
  CHECK(job["tg_user_id"].as<int64_t>() == user);
  CHECK(job["status"].as<std::string>() == "queued");
  CHECK(job["product_name"].as<std::string>() == "mug");
  CHECK(job["product_text"].as<std::string>() == "a \"blue\" mug");
  CHECK(job["product_image_url"].as<std::string>() == "photos/p.jpg");
  CHECK(job["extra_wishes"].as<std::string>() == "slow");
  CHECK(job["video_index"].as<int>() == 2);
  CHECK(job["attempts"].as<int>() == 0);
  CHECK(value("SELECT error_details->>'user_prompt' FROM jobs") == "turn it");
  CHECK(value("SELECT error_details->>'template_id' FROM jobs") == "self-1");
  CHECK(value("SELECT error_details->>'kind' FROM jobs") == "self");
  CHECK(value("SELECT credits FROM users WHERE tg_user_id=4503599627370495;") == "2");
  CHECK(value("select count(*) from jobs where status='queued';") == "1");
  CHECK(number("SELECT amount FROM credit_ledger WHERE kind = 'charge'") == -1);
  check_promises();
}

TEST_CASE_FIXTURE(migrated_database, "create_job: stores a dash for wishes as none") {
  add_user(7, 1);
  sql(R"(SELECT create_job_and_consume_credit(7, 'ugc', 'k', 'p', '{"extra_wishes": "-"}'))");
  CHECK(value("SELECT extra_wishes FROM jobs") == "NULL");
}

TEST_CASE_FIXTURE(migrated_database, "create_job: refuses users without credits and unknown ones") {
  add_user(7, 0);
  CHECK(refusal(order(7, "a")) == "NC001");
  CHECK(refusal(order(8, "a")) == "NC002");
  CHECK(number("SELECT count(*) FROM jobs") == 0);
}

TEST_CASE_FIXTURE(migrated_database,
                  "create_job: returns the job of a known key and charges nothing") {
  add_user(7, 1);
  add_user(8, 1);
  const auto job = add_job(7, "a");
  CHECK(add_job(7, "a") == job);
  CHECK(number("SELECT credits FROM users WHERE tg_user_id = 7") == 0);
  CHECK(refusal(order(8, "a")) == "NC003");
  CHECK(number("SELECT credits FROM users WHERE tg_user_id = 8") == 1);
  check_promises();
}

TEST_CASE_FIXTURE(migrated_database,
                  "create_job: a hundred parallel calls with one key make one job and one charge") {
  add_user(7, 100);
  const auto answers = call_at_once(*this, 100, [](int) { return order(7, "same"); });
  CHECK(std::set<std::string>(answers.begin(), answers.end()).size() == 1);
  CHECK(number("SELECT count(*) FROM jobs") == 1);
  CHECK(number("SELECT credits FROM users") == 99);
  CHECK(number("SELECT count(*) FROM credit_ledger WHERE kind = 'charge'") == 1);
  check_promises();
}

TEST_CASE_FIXTURE(migrated_database,
                  "create_job: one user from sixteen connections never spends more than he has") {
  add_user(7, 10);
  const auto answers = call_at_once(*this, 16, [](int i) { return order(7, std::to_string(i)); });
  CHECK(answers.count("NC001") == 6);
  CHECK(number("SELECT count(*) FROM jobs") == 10);
  CHECK(number("SELECT credits FROM users") == 0);
  check_promises();
}

TEST_CASE_FIXTURE(migrated_database,
                  "create_job: a failure at any statement of a creation leaves nothing behind") {
  add_user(7, 5);
  sql("CREATE FUNCTION explode() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
      "'boom'; END $$");
  const std::vector<std::pair<std::string, std::string>> statements{
    {"jobs", "INSERT"}, {"credit_ledger", "INSERT"}, {"users", "UPDATE"}};
  for (const auto& [table, event] : statements) {
    for (const auto* when : {"BEFORE", "AFTER"}) {
      CAPTURE(table);
      sql("CREATE TRIGGER bomb " + std::string{when} + " " + event + " ON " + table
          + " FOR EACH ROW EXECUTE FUNCTION explode()");
      CHECK(refusal(order(7, "x")) == "P0001");
      sql("DROP TRIGGER bomb ON " + table);
      CHECK(number("SELECT credits FROM users") == 5);
      CHECK(number("SELECT count(*) FROM jobs") == 0);
      CHECK(number("SELECT count(*) FROM credit_ledger WHERE kind = 'charge'") == 0);
    }
  }
  CHECK(refusal(order(7, "x")).empty());
  check_promises();
}

TEST_CASE_FIXTURE(
  migrated_database,
  "create_job: a created job is claimable by another session right after its commit") {
  add_user(7, 1);
  const auto job = add_job(7, "a");
  const auto other = connect();
  pqxx::nontransaction tx{*other};
  CHECK(tx.exec1("SELECT id FROM claim_jobs(gen_random_uuid(), 10)")[0].as<std::string>() == job);
}

TEST_SUITE_END();
