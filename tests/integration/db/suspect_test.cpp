#include "protocol/store/nodes.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

// Whom a take-over blames: nobody without proof.

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct suspect_fixture : store_fixture {
  std::vector<store::account> accounts{{"a", {key_fingerprint{"k"}}}};

  job_id order(const std::string& key, int64_t user = 7) {
    return job_id{*uuid::parse(db.add_job(user, key))};
  }

  std::vector<job_id> orders(int count) {
    db.add_user(7, count);
    std::vector<job_id> result;
    for (int i = 0; i < count; ++i)
      result.push_back(order("draft:" + std::to_string(i)));
    return result;
  }

  /// Every pause is over.
  std::vector<claimed_job> claim(incarnation node) {
    db.sql("UPDATE jobs SET run_at = now() WHERE status = 'queued'");
    return ask.ask(store::claim_jobs{node, 100, accounts, 1000, {"m"}})->jobs;
  }

  int die(incarnation node) {
    db.sql("UPDATE nodes SET heartbeat_at = now() - interval '1 min' WHERE incarnation = '"
           + to_string(node) + "'");
    return ask.ask(store::rescue_expired_jobs{30s})->value;
  }

  void record_task(incarnation node, const job_id& job) {
    ask.ask(store::record_task{node, job, task_id{"task of " + to_string(job)}});
  }

  void record_prompt(incarnation node, const job_id& job) {
    ask.ask(store::record_prompt{node, job, "p", prompt_source::openai});
  }

  int64_t with_status(const std::string& status) {
    return db.number("SELECT count(*) FROM jobs WHERE status = '" + status + "'");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/suspect");

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: jobs with living tasks outlive any number of take-overs") {
  const auto jobs = orders(6);
  const incarnation first{uuid::random()};
  REQUIRE(claim(first).size() == 6);
  for (const auto& job : jobs)
    record_task(first, job);
  die(first);
  for (int i = 0; i < 8; ++i) {
    const incarnation node{uuid::random()};
    // From the third death without a poll on, they are tried one by one.
    CHECK(claim(node).size() == (i < 2 ? 6 : 1));
    die(node);
  }
  CHECK(with_status("queued") == 6);
  for (const auto& job : jobs) {
    const incarnation node{uuid::random()};
    REQUIRE(claim(node).size() == 1);
    const auto held = job_id{
      *uuid::parse(db.value("SELECT id FROM jobs WHERE claimed_by = '" + to_string(node) + "'"))};
    record_task(node, held); // it was polled
    ask.ask(store::complete_job{node, held, storage_key{"v"}, 1});
    static_cast<void>(job);
  }
  CHECK(with_status("completed") == 6);
  CHECK(db.number("SELECT max(attempts) FROM jobs") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: a task keeps its job from failing for its 30 minutes, and no longer") {
  const auto job = orders(1)[0];
  incarnation node{uuid::random()};
  claim(node);
  record_task(node, job);
  for (int i = 0; i < 6; ++i) {
    die(node);
    node = incarnation{uuid::random()};
    REQUIRE(claim(node).size() == 1);
  }
  db.sql("UPDATE jobs SET task_created_at = now() - interval '31 min'");
  record_task(node, job); // polled: no progress any more
  die(node);
  CHECK(with_status("failed") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: a crash loop of one job ends with that job failed and no other") {
  // Whoever holds the guilty one dies before he comes to anything; otherwise all goes well.
  const auto jobs = orders(12);
  const auto guilty = jobs[4];
  bool with_task = false;
  SUBCASE("that has no task") {}
  SUBCASE("that has a task, past its time") {
    with_task = true;
    const incarnation node{uuid::random()};
    claim(node);
    record_task(node, guilty);
    ask.ask(store::release_jobs{node, {}});
    db.sql("UPDATE jobs SET task_created_at = now() - interval '29 min' WHERE kie_task_id <> ''");
  }
  int deaths = 0;
  int round = 0;
  for (; round < 60 && with_status("failed") == 0; ++round) {
    if (with_task && round == 10)
      db.sql("UPDATE jobs SET task_created_at = now() - interval '31 min' WHERE kie_task_id <> ''");
    // New orders come all the time.
    db.sql("SELECT grant_credits(7, 1)");
    order("more:" + std::to_string(round));
    const incarnation node{uuid::random()};
    const auto claimed = claim(node);
    if (std::ranges::any_of(claimed, [&](const auto& x) { return x.id == guilty; })) {
      ++deaths;
      die(node);
      continue;
    }
    for (const auto& x : claimed) {
      record_prompt(node, x.id);
      record_task(node, x.id);
      ask.ask(store::complete_job{node, x.id, storage_key{"v"}, 1});
    }
  }
  CHECK(db.value("SELECT id FROM jobs WHERE status = 'failed'") == to_string(guilty));
  CHECK(deaths <= (with_task ? 14 : 5));
  const incarnation last{uuid::random()};
  for (int i = 0; i < 40; ++i)
    for (const auto& x : claim(last))
      ask.ask(store::complete_job{last, x.id, storage_key{"v"}, 1});
  CHECK(with_status("failed") == 1);
  CHECK(with_status("completed") == static_cast<int64_t>(jobs.size()) - 1 + round);
  db.check_promises();
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: crashes of a node with many jobs without tasks blame none of them") {
  orders(5);
  for (int i = 0; i < 2; ++i) {
    const incarnation node{uuid::random()};
    CHECK(claim(node).size() == 5);
    die(node);
  }
  CHECK(db.number("SELECT max(blamed) FROM jobs") == 0);
  CHECK(db.number("SELECT count(*) FROM suspects") == 5);
}

TEST_CASE_FIXTURE(
  suspect_fixture,
  "suspect: a node holds one suspect at a time, and the next when that one comes on") {
  const auto jobs = orders(3);
  for (int i = 0; i < 2; ++i) {
    const incarnation node{uuid::random()};
    claim(node);
    die(node);
  }
  db.sql("SELECT grant_credits(7, 1)");
  const auto fresh = order("fresh");
  const incarnation one{uuid::random()};
  const incarnation two{uuid::random()};
  const auto at_one = claim(one);
  CHECK(at_one.size() == 2); // a suspect and the new one, whom nobody suspects
  CHECK(std::ranges::count_if(at_one, [&](const auto& x) { return x.id == fresh; }) == 1);
  CHECK(claim(one).empty());
  const auto at_two = claim(two);
  REQUIRE(at_two.size() == 1);
  CHECK(at_two[0].rescues == 2);
  record_prompt(two, at_two[0].id);
  CHECK(claim(two).size() == 1); // the third
  CHECK(db.number("SELECT count(*) FROM suspects") == 2);
  CHECK(with_status("processing") == static_cast<int64_t>(jobs.size()) + 1);
}

TEST_CASE_FIXTURE(suspect_fixture, "suspect: a job waits longer with every crash of its worker") {
  orders(2);
  std::vector<int64_t> pauses;
  for (int i = 0; i < 4; ++i) {
    const incarnation node{uuid::random()};
    while (!claim(node).empty())
      continue;
    die(node);
    pauses.push_back(db.number("SELECT round(extract(epoch FROM max(run_at) - now())) FROM jobs "
                               "WHERE rescues > 0 AND status = 'queued'"));
  }
  CHECK(pauses == std::vector<int64_t>{0, 5, 10, 20});
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: a prompt, an intent and a task clear a job, what it had does not") {
  const auto job = orders(1)[0];
  const auto suspected = [&] {
    db.sql("UPDATE jobs SET rescues = 2, blamed = 2");
    return db.number("SELECT count(*) FROM suspects") == 1;
  };
  const auto cleared = [&] {
    return db.value("SELECT rescues + blamed + (SELECT count(*) FROM suspects) FROM jobs") == "0";
  };
  const auto intent = [&](incarnation node, const std::string& token) {
    ask.ask(store::record_intent{node, job, token, accounts, 1000, {"m"}});
  };
  const incarnation node{uuid::random()};
  claim(node);
  REQUIRE(suspected());
  record_prompt(node, job);
  CHECK(cleared());
  REQUIRE(suspected());
  record_prompt(node, job);
  CHECK_FALSE(cleared());
  intent(node, "t1");
  CHECK(cleared());
  REQUIRE(suspected());
  intent(node, "t2"); // in the place of one of which nobody knows what became
  CHECK_FALSE(cleared());
  record_task(node, job);
  CHECK(cleared());
  REQUIRE(suspected());
  record_task(node, job); // it was polled
  CHECK(cleared());
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: a locked user keeps nobody's jobs from being taken over") {
  db.add_user(8, 1);
  const auto locked_one = order("his", 8);
  incarnation node{uuid::random()};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(claim(node).size() == 1);
    die(node);
    node = incarnation{uuid::random()};
  }
  REQUIRE(claim(node).size() == 1); // the third death fails it
  db.add_user(7, 1);
  order("other");
  const incarnation other{uuid::random()};
  REQUIRE(claim(other).size() == 1);
  const auto stranger = db.connect();
  pqxx::nontransaction locked{*stranger};
  locked.exec("BEGIN");
  locked.exec("SELECT FROM users WHERE tg_user_id = 8 FOR UPDATE");
  db.sql("UPDATE nodes SET heartbeat_at = now() - interval '1 min'");
  const auto taken = ask.ask(store::rescue_expired_jobs{30s});
  REQUIRE_MESSAGE(taken, to_string(taken.error()));
  CHECK(taken->value == 1);
  CHECK(db.number("SELECT count(*) FROM nodes WHERE fenced_at IS NULL") == 0);
  CHECK(with_status("queued") == 1);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed'") == 0);
  locked.exec("ROLLBACK");
  CHECK(ask.ask(store::rescue_expired_jobs{30s})->value == 1);
  CHECK(db.value("SELECT id FROM jobs WHERE status = 'failed'") == to_string(locked_one));
  db.check_promises();
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: a locked user keeps no faulty job from being given back") {
  db.add_user(8, 1);
  const auto job = order("his", 8);
  const incarnation node{uuid::random()};
  for (int i = 0; i < 2; ++i) {
    claim(node);
    ask.ask(store::release_jobs{node, {job}, true});
  }
  claim(node);
  const auto stranger = db.connect();
  pqxx::nontransaction locked{*stranger};
  locked.exec("BEGIN");
  locked.exec("SELECT FROM users WHERE tg_user_id = 8 FOR UPDATE");
  const auto given = ask.ask(store::release_jobs{node, {job}, true});
  REQUIRE_MESSAGE(given, to_string(given.error()));
  CHECK(given->value == 1);
  CHECK(with_status("queued") == 1);
  locked.exec("ROLLBACK");
  claim(node);
  ask.ask(store::release_jobs{node, {job}, true});
  CHECK(with_status("failed") == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(suspect_fixture,
                  "suspect: a job that is given back for later keeps its intent and suspicion") {
  const auto job = orders(1)[0];
  const incarnation node{uuid::random()};
  claim(node);
  ask.ask(store::record_intent{node, job, "t1", accounts, 1000, {"m"}});
  db.sql("UPDATE jobs SET rescues = 2");
  store::release_jobs later{node, {job}};
  later.delay = 2min;
  CHECK(ask.ask(later)->value == 1);
  CHECK(ask.ask(store::claim_jobs{node, 10, accounts, 1000, {"m"}})->jobs.empty());
  const auto again = claim(node); // the pause is over
  REQUIRE(again.size() == 1);
  CHECK(again[0].intent_token == "t1");
  CHECK(again[0].rescues == 2);
  CHECK(again[0].attempts == 1);
}

TEST_SUITE_END();
