#include "tests/support/databases.hpp"

#include <atomic>
#include <random>
#include <thread>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

constexpr int users = 4;
constexpr int workers = 6;
constexpr int steps_per_worker = 150;

/// A worker that does random things with random jobs, its own and others', in random order.
void wander(const migrated_database& db, unsigned seed, std::atomic<int>& surprises) {
  std::mt19937 random{seed};
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto on = db.connect();
  const auto node = to_string(uuid::random());
  const std::string any_job = "(SELECT id FROM jobs ORDER BY random() LIMIT 1)";
  for (int i = 0; i < steps_per_worker; ++i) {
    const auto user = std::to_string(1 + pick(users));
    const std::vector<std::string> moves{
      "SELECT create_job_and_consume_credit(" + user + ", 'ugc', 'k" + std::to_string(pick(60))
        + ":" + user + "', 'p', '{}')",
      "SELECT create_job_and_consume_credit(" + user + ", 'ugc', 'n" + std::to_string(seed) + ":"
        + std::to_string(i) + "', 'p', '{}')",
      "SELECT grant_credits(" + user + ", " + std::to_string(1 + pick(3)) + ")",
      "SELECT grant_credits(" + user + ", -1)",
      "SELECT record_purchase(" + user + ", 'c" + std::to_string(pick(20)) + ":" + user
        + "', 2, 'XTR', 1)",
      "SELECT refund_payment((SELECT charge_id FROM payments ORDER BY random() LIMIT 1))",
      "SELECT record_refund(" + user + ", 'c" + std::to_string(pick(20)) + ":" + user
        + "', 'XTR', 1)",
      "SELECT accept_terms(" + user + ", 'v1', 2)",
      "SELECT claim_jobs('" + node + "', 3)",
      "SELECT complete_job(" + any_job + ", '" + node + "', 'v')",
      "SELECT fail_job_and_refund(" + any_job + ", '" + node + "', 'e')",
      "SELECT retry_job(" + any_job + ", '" + node + "', 'e', '{}', '0 s')",
      "SELECT fail_jobs_and_refund(array_agg(id), array_agg('" + node
        + "'::uuid), array_agg('e'::text), "
          "array_agg('{}'::jsonb), array_agg(false)) FROM (SELECT id FROM jobs ORDER BY random() "
          "LIMIT 5) x",
      "UPDATE jobs SET status='failed', error='timeout' WHERE id = " + any_job,
      "SELECT release_jobs('" + node + "')",
    };
    try {
      pqxx::nontransaction{*on}.exec(
        moves[static_cast<size_t>(pick(static_cast<int>(moves.size())))]);
    } catch (const pqxx::sql_error& err) {
      // Refusals and deadlocks are part of the game; a broken constraint is not.
      const auto& state = err.sqlstate();
      if (!state.starts_with("NC") && state != "40P01")
        ++surprises;
    }
  }
}

} // namespace

TEST_SUITE_BEGIN("integration/db/money");

TEST_CASE_FIXTURE(migrated_database,
                  "money: the ledger equals the balance whatever happens in whatever order") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  for (int64_t user = 1; user <= users; ++user)
    add_user(user, 5);
  std::atomic<int> surprises = 0;
  std::atomic<bool> walking = true;
  // At every commit, not only at the end.
  std::atomic<int> imbalances = 0;
  std::thread auditor{[&] {
    const auto on = connect();
    while (walking) {
      const auto rows =
        pqxx::nontransaction{*on}.exec("SELECT FROM users u WHERE credits < 0 OR credits <> "
                                       "(SELECT coalesce(sum(amount), 0) FROM credit_ledger l "
                                       "WHERE l.tg_user_id = u.tg_user_id)");
      imbalances += static_cast<int>(rows.size());
    }
  }};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < workers; ++i)
    threads.emplace_back([&, i] { wander(*this, seed + i, surprises); });
  for (auto& x : threads)
    x.join();
  walking = false;
  auditor.join();
  CHECK(surprises == 0);
  CHECK(imbalances == 0);
  CHECK(number("SELECT count(*) FROM jobs WHERE status = 'failed'") > 0);
  check_promises();
}

TEST_SUITE_END();
