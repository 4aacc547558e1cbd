#include "tests/support/planning.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <doctest/doctest.h>

// Claims go in rounds, one job of each user in every round. A job is named by its user and its
// number.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct fairness_fixture : planning_fixture {
  const std::string node = "00000000-0000-4000-8000-000000000001";

  /// Orders of one user, each in a transaction of its own or all in one.
  void order(int64_t user, int first, int count) {
    sql("SELECT create_job_and_consume_credit(" + std::to_string(user) + ", 'ugc', '"
        + std::to_string(user) + ":' || i, 'p', '{}') FROM generate_series(" + std::to_string(first)
        + ", " + std::to_string(first + count - 1) + ") i");
  }

  /// Keys of the jobs claimed, in the order of their turns.
  std::vector<std::string> claim(int limit) {
    std::vector<std::string> keys;
    const auto rows = sql("SELECT idempotency_key FROM claim_jobs('" + node + "', "
                          + std::to_string(limit) + ") ORDER BY turn, id");
    for (const auto& row : rows)
      keys.emplace_back(row[0].c_str());
    return keys;
  }

  void run(const std::string& function, const std::string& key) {
    sql("SELECT " + function + " FROM (SELECT id, claimed_by FROM jobs WHERE idempotency_key = '"
        + key + "') j");
  }

  /// The job waits again, with another attempt used up, and is due.
  void retry(const std::string& key) {
    run("retry_jobs(ARRAY[id], ARRAY[claimed_by], '{e}', '{\"{}\"}', '{0}', '{true}', '{false}', "
        "'{false}')",
        key);
  }

  /// The same for all whose key is `like`, in one transaction.
  void retry_all(const std::string& like) {
    sql("SELECT retry_jobs(array_agg(id), array_agg(claimed_by), array_agg('e'::text), "
        "array_agg('{}'::jsonb), array_agg(0::bigint), array_agg(true), array_agg(false), "
        "array_agg(false)) FROM jobs WHERE idempotency_key LIKE '"
        + like + "'");
  }

  /// How many jobs go before an order, as its progress message tells it.
  std::string ahead_of(const std::string& draft) {
    return value("SELECT card_state('" + draft + "')->>'ahead'");
  }
};

/// After how many others `key` was claimed; -1: not at all.
int64_t place_of(const std::string& key, const std::vector<std::string>& claimed) {
  const auto found = std::ranges::find(claimed, key);
  return found == claimed.end() ? -1 : found - claimed.begin();
}

std::string users_of(const std::vector<std::string>& claimed) {
  std::string users;
  for (const auto& key : claimed)
    users += key.substr(0, key.find(':')) + " ";
  return users;
}

} // namespace

TEST_SUITE_BEGIN("integration/db/fairness");

TEST_CASE_FIXTURE(fairness_fixture,
                  "fairness: with 1,000 queued jobs of one user another's is among the next five") {
  add_user(1, 2000);
  add_user(2, 10);
  order(1, 1, 1000);
  order(2, 1, 1);
  auto next = claim(5);
  MESSAGE("claimed before the other user's job: " << place_of("2:1", next));
  CHECK(place_of("2:1", next) == 1);
  // So it stays after hundreds of claims, ...
  while (number("SELECT count(*) FROM jobs WHERE status = 'queued'") > 500)
    claim(7);
  order(2, 2, 1);
  next = claim(5);
  MESSAGE("... after hundreds of claims: " << place_of("2:2", next));
  CHECK(place_of("2:2", next) == 1);
  // ... after a pause of hours, ...
  sql("UPDATE jobs SET created_at = created_at - interval '5 h', run_at = run_at - interval '5 h', "
      "started_at = started_at - interval '5 h' WHERE status = 'queued'");
  order(2, 3, 1);
  CHECK(place_of("2:3", claim(5)) == 1);
  // ... and for several jobs, which alternate with his.
  order(2, 4, 3);
  CHECK(users_of(claim(6)) == "1 2 1 2 1 2 ");
}

TEST_CASE_FIXTURE(fairness_fixture,
                  "fairness: an order tells how many are claimed before it, not how many wait") {
  const std::string draft = "00000000-0000-4000-8000-0000000000d1";
  add_user(1, 50);
  add_user(2, 10);
  order(1, 1, 40);
  sql("SELECT create_job_and_consume_credit(2, 'ugc', '" + draft + ":0', 'p', '{}')");
  CHECK(ahead_of(draft) == "1");
  // Who has them all in the queue comes after them and this one, who has one after it and the
  // first two, who is new after the two in the first round.
  CHECK(value("SELECT string_agg(jobs_ahead::text, ' ' ORDER BY pos) FROM "
              "load_conversations('{0,0,0}', '{1,2,3}', '{1,2,3}')")
        == "41 3 2");
  sql("UPDATE jobs SET run_at = now() + interval '1 h' WHERE idempotency_key = '1:1'");
  CHECK(ahead_of(draft) == "0"); // it is not due
  CHECK(value("SELECT jobs_ahead FROM load_conversations('{0}', '{3}', '{3}')") == "1");
}

TEST_CASE_FIXTURE(fairness_fixture, "fairness: jobs with tasks go first, whoever's they are") {
  add_user(1, 20);
  add_user(2, 10);
  order(1, 1, 10);
  CHECK(claim(2).size() == 2);
  for (const auto* key : {"1:1", "1:2"})
    run("record_tasks(ARRAY[id], ARRAY[claimed_by], ARRAY['t' || id])", key);
  sql("SELECT release_jobs('" + node + "')");
  order(2, 1, 1);
  CHECK(claim(4) == std::vector<std::string>{"1:1", "1:2", "1:3", "2:1"});
}

TEST_CASE_FIXTURE(fairness_fixture, "fairness: what is tried again and again holds up nobody") {
  add_user(1, 50);
  add_user(2, 10);
  order(1, 1, 20);
  order(2, 1, 2);
  std::vector<std::string> claimed;
  while (place_of("2:2", claimed) < 0 && claimed.size() < 1000)
    for (const auto& key : claim(1)) {
      claimed.push_back(key);
      if (key.starts_with("1:"))
        retry(key);
    }
  CHECK(place_of("2:1", claimed) == 1);
  CHECK(place_of("2:2", claimed) <= 4);
  check_promises();
}

TEST_CASE_FIXTURE(fairness_fixture, "fairness: many that fail at once hold up nobody") {
  add_user(1, 50);
  add_user(2, 10);
  order(1, 1, 40);
  claim(40);
  for (const auto* tens : {"", "1", "2", "3"})
    retry_all("1:" + std::string{tens} + "_");
  CHECK(number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 39); // all but 1:40
  CHECK(number("SELECT count(DISTINCT turn) FROM jobs WHERE status = 'queued'") == 39);
  order(2, 1, 2);
  const auto next = claim(6);
  CHECK(place_of("2:1", next) == 1);
  CHECK(place_of("2:2", next) == 3);
  check_promises();
}

TEST_CASE_FIXTURE(fairness_fixture, "fairness: ever new users hold up nobody's second job") {
  add_user(1, 10);
  order(1, 1, 5);
  std::vector<std::string> claimed;
  for (int64_t user = 2; place_of("1:5", claimed) < 0 && user < 500; ++user) {
    add_user(user, 2); // two newcomers for every claim: the queue grows
    add_user(10'000 + user, 2);
    order(user, 1, 1);
    order(10'000 + user, 1, 1);
    for (const auto& key : claim(1))
      claimed.push_back(key);
  }
  MESSAGE("claims until the fifth job of an order: " << claimed.size());
  CHECK(place_of("1:5", claimed) > 0);
}

TEST_CASE_FIXTURE(fairness_fixture,
                  "fairness: a job that failed unclaimed takes no turn from its user") {
  add_user(1, 50);
  add_user(2, 50);
  order(1, 1, 20);
  order(2, 1, 3);
  sql("UPDATE jobs SET status = 'failed', error = 'cancelled' WHERE tg_user_id = 1");
  order(1, 21, 3);
  CHECK(users_of(claim(6)) == "2 1 2 1 2 1 ");
  check_promises();
}

TEST_CASE_FIXTURE(
  fairness_fixture,
  "fairness: nobody starves and no claim is left out, whatever comes in which order") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const auto up_to = [&random](int most) {
    return 1 + static_cast<int>(random() % unsigned(most));
  };
  struct waiting {
    int64_t user;
    int64_t bound;                   // how many claims of every other user may come before
    std::map<int64_t, int64_t> seen; // claims of others since the order
  };
  std::map<std::string, waiting> queue;
  std::map<int64_t, int> ordered;
  std::map<int64_t, int64_t> queued;
  for (int64_t user = 1; user <= 8; ++user)
    add_user(user, 2000);
  for (int step = 0; step < 250; ++step) {
    if (random() % 2 == 0) {
      // Half of the orders are one user's, and large.
      const auto user = static_cast<int64_t>(random() % 2 == 0 ? 1 : 1 + random() % 8);
      const auto count = up_to(user == 1 ? 30 : 5);
      order(user, ordered[user] + 1, count);
      for (int i = 0; i < count; ++i)
        queue[std::to_string(user) + ":" + std::to_string(++ordered[user])] = {
          user, ++queued[user], {}};
    }
    const auto limit = up_to(6);
    const auto waited = queue.size();
    const auto claimed = claim(limit);
    REQUIRE(claimed.size() == std::min<size_t>(waited, static_cast<size_t>(limit)));
    for (const auto& key : claimed) {
      const auto job = queue.at(key);
      queue.erase(key);
      --queued[job.user];
      for (const auto& [other, count] : job.seen)
        REQUIRE_MESSAGE(count <= job.bound + 1,
                        key << " let " << other << " go first"); // the round under way
      for (auto& [later, x] : queue)
        if (x.user != job.user)
          ++x.seen[job.user];
    }
  }
  check_promises();
}

TEST_CASE_FIXTURE(fairness_fixture, "fairness: a claim sorts nothing, even without statistics") {
  add_user(1, 2000);
  start_planning();
  order(1, 1, 2000);
  const auto plan = plans("SELECT claim_jobs('" + node + "', 10)");
  CHECK_MESSAGE(plan.find("jobs_in_turn") != std::string::npos, plan);
  CHECK_FALSE_MESSAGE(std::regex_search(plan, std::regex{"Sort Key: .*turn"}), plan);
}

TEST_SUITE_END();
