#include "tests/integration/db/claim_fixture.hpp"

#include <map>
#include <set>
#include <thread>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using verdict = store::intent_outcome::verdict;

TEST_SUITE_BEGIN("integration/db/claim");

TEST_CASE_FIXTURE(claim_fixture, "claim: claimers side by side take every job exactly once") {
  constexpr int claimers = 8;
  constexpr int count = 400;
  db.add_user(7, count);
  db.sql("SELECT create_job_and_consume_credit(7, 'ugc', 'k' || i, 'p', '{}') FROM "
         "generate_series(1, 400) i");
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::map<std::string, int> times;
  for (int i = 0; i < claimers; ++i) {
    threads.emplace_back([&] {
      const auto on = db.connect();
      const auto node = to_string(uuid::random());
      for (;;) {
        const auto rows =
          pqxx::nontransaction{*on}.exec("SELECT id FROM claim_jobs('" + node + "', 7)");
        if (rows.empty())
          return;
        const std::lock_guard hold{mutex};
        for (const auto& row : rows)
          ++times[row[0].c_str()];
      }
    });
  }
  for (auto& x : threads)
    x.join();
  CHECK(times.size() == count);
  CHECK(std::ranges::all_of(times, [](const auto& x) { return x.second == 1; }));
  CHECK(db.number("SELECT count(*) FROM jobs WHERE attempts = 1") == count);
}

TEST_CASE_FIXTURE(claim_fixture,
                  "claim: jobs are claimed in the order they came due, as many as asked for") {
  add_jobs(5);
  const auto first = claim(us, 2);
  CHECK(first.jobs.size() == 2);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'processing' AND idempotency_key IN "
                  "('draft:0', 'draft:1')")
        == 2);
  CHECK(claim(us, 10).jobs.size() == 3);
  CHECK(claim(us, 10).jobs.empty());
}

TEST_CASE_FIXTURE(claim_fixture,
                  "claim: fresh jobs are claimed within the creation budget of the cluster") {
  add_jobs(12);
  // Two accounts of four creations each, on whichever node.
  CHECK(claim(us, 5, 4).jobs.size() == 5);
  const auto rest = claim(incarnation{uuid::random()}, 10, 4);
  CHECK(rest.jobs.size() == 3);
  CHECK(claim(us, 10, 4).jobs.empty());
  // A job that has a task needs no budget.
  const auto job = job_id{*uuid::parse(
    db.value("SELECT id FROM jobs WHERE claimed_by = '" + to_string(us) + "' LIMIT 1"))};
  ask.ask(store::record_task{us, job, task_id{"t"}});
  ask.ask(store::release_jobs{us, {job}});
  const auto resumed = claim(us, 10, 4);
  REQUIRE(resumed.jobs.size() == 1);
  CHECK(resumed.jobs[0].id == job);
  // The window moves on.
  db.sql("UPDATE kie_slots SET started_at = started_at - interval '10.5 s'");
  CHECK(claim(us, 10, 4).jobs.size() == 4);
}

TEST_CASE_FIXTURE(claim_fixture, "claim: a clock that is set back does not block the budget") {
  add_jobs(8);
  CHECK(claim(us, 10, 2).jobs.size() == 4); // two accounts
  db.sql("UPDATE kie_slots SET started_at = started_at + interval '1 hour'");
  CHECK(claim(us, 10, 2).jobs.size() == 4);
}

TEST_CASE_FIXTURE(
  claim_fixture,
  "claim: while every key or every model cools down only resumable jobs are claimed") {
  add_jobs(2);
  for (const auto* key : {"k1", "k2", "k3"})
    ask.ask(store::cool_down_key{key_fingerprint{key}, 1h, "limited", false, {}});
  CHECK(claim(us, 10).jobs.empty());
  db.sql("DELETE FROM kie_keys");
  ask.ask(store::cool_down_model{"m1", 1h, "paused", {}});
  CHECK(claim(us, 1).jobs.size() == 1);
  ask.ask(store::cool_down_model{"m2", 1h, "paused", {}});
  CHECK(claim(us, 10).jobs.empty());
}

TEST_CASE_FIXTURE(claim_fixture,
                  "claim: intents deal keys out in turn and remember what they gave") {
  add_jobs(6);
  const auto jobs = claim(us, 10).jobs;
  std::map<std::string, int> uses;
  std::vector<std::future<caf::expected<store::intent_outcome>>> asked;
  for (size_t i = 0; i < jobs.size(); ++i)
    asked.push_back(ask.start(intent(us, jobs[i].id, "t" + std::to_string(i))));
  for (auto& x : asked) {
    const auto outcome = *x.get();
    CHECK(outcome.outcome == verdict::granted);
    CHECK(outcome.model == "m1");
    ++uses[outcome.key.value];
  }
  CHECK(uses == std::map<std::string, int>{{"k1", 2}, {"k2", 2}, {"k3", 2}});
  CHECK(db.number("SELECT count(*) FROM job_tasks WHERE task_id IS NULL") == 6);
  CHECK(db.number("SELECT sum(creations) FROM kie_keys") == 6);
}

TEST_CASE_FIXTURE(claim_fixture,
                  "claim: twenty creations per ten seconds and account, over two nodes together") {
  constexpr int budget = 20;
  add_jobs(50);
  const incarnation other{uuid::random()};
  const auto here = claim(us, 25).jobs;
  const auto there = claim(other, 25).jobs;
  lanes other_lanes{{.connection = db.config()}};
  std::vector<std::future<caf::expected<store::intent_outcome>>> asked;
  for (size_t i = 0; i < 25; ++i) {
    asked.push_back(ask.start(intent(us, here[i].id, "h" + std::to_string(i), budget)));
    asked.push_back(other_lanes.start(intent(other, there[i].id, "t" + std::to_string(i), budget)));
  }
  int granted = 0;
  for (auto& x : asked) {
    const auto outcome = *x.get();
    if (outcome.outcome == verdict::granted) {
      ++granted;
    } else {
      CHECK(outcome.outcome == verdict::wait);
      CHECK(outcome.wait > 0ms);
      CHECK(outcome.wait < 10'500ms);
    }
  }
  CHECK(granted == 2 * budget);
  CHECK(db.value("SELECT string_agg(n::text, ',') FROM (SELECT count(*) AS n FROM job_tasks GROUP "
                 "BY kie_account) x")
        == "20,20");
}

TEST_CASE_FIXTURE(
  claim_fixture,
  "claim: an intent repeated with its token costs nothing, with another one it does") {
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  const auto taken = [&] {
    return db.number("SELECT coalesce(sum(taken), 0) FROM kie_slots WHERE account <> 'claims'");
  };
  const auto first = *ask.ask(intent(us, job, "t1"));
  const auto again = *ask.ask(intent(us, job, "t1"));
  CHECK(again.outcome == verdict::granted);
  CHECK(again.key == first.key);
  CHECK(taken() == 1);
  CHECK(ask.ask(intent(us, job, "t2"))->outcome == verdict::granted);
  CHECK(taken() == 2);
  CHECK(db.number("SELECT count(*) FROM job_tasks") == 2);
}

TEST_CASE_FIXTURE(
  claim_fixture,
  "claim: keys and models that cool down are passed over, and that all do is told with the wait") {
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  store::cool_down_key account{
    key_fingerprint{"k1"}, 2h, "no money", true, {key_fingerprint{"k1"}, key_fingerprint{"k2"}}};
  ask.ask(account);
  ask.ask(store::cool_down_model{"m1", 2h, "paused", {}});
  const auto outcome = *ask.ask(intent(us, job, "t1"));
  CHECK(outcome.key.value == "k3");
  CHECK(outcome.model == "m2");
  ask.ask(store::cool_down_key{key_fingerprint{"k3"}, 1h, "limited", false, {}});
  const auto no_key = *ask.ask(intent(us, job, "t2"));
  CHECK(no_key.outcome == verdict::no_key);
  CHECK(no_key.wait > 59min);
  CHECK(no_key.wait <= 1h);
  ask.ask(store::cool_down_model{"m2", 1h, "paused", {}});
  CHECK(ask.ask(intent(us, job, "t2"))->outcome == verdict::no_model);
  ask.ask(store::cool_down_key{key_fingerprint{"k3"}, 1s, "limited", false, {}}); // no shorter
  CHECK(db.number("SELECT count(*) FROM kie_keys WHERE blocked_until > now() + interval '59 min'")
        == 3);
}

TEST_CASE_FIXTURE(
  claim_fixture,
  "claim: tasks of two users cool a model down, those of one never do, whatever they say") {
  const auto says = [&](int64_t user, const std::string& model) {
    ask.ask(store::cool_down_model{model, 30min, "a task: temporarily paused", user_id{user}});
    return db.number("SELECT count(*) FROM kie_models WHERE blocked_until > now()");
  };
  for (int i = 0; i < 5; ++i)
    CHECK(says(7, "m1") == 0);
  CHECK(says(8, "m2") == 0); // another model
  db.sql("UPDATE kie_model_reports SET reported_at = now() - interval '11 min'");
  CHECK(says(8, "m1") == 0); // too long ago
  CHECK(says(7, "m1") == 1);
  CHECK(db.value("SELECT reason FROM kie_models WHERE model = 'm1'")
        == "a task: temporarily paused");
  CHECK(db.number("SELECT count(*) FROM kie_model_reports") == 2); // the old ones are forgotten
  CHECK(db.number("SELECT count(*) FROM kie_models WHERE model = 'm1' AND refusals = 1") == 1);
}

TEST_CASE_FIXTURE(
  claim_fixture,
  "claim: a model cools down twice as long with every refusal in a row, a day at most") {
  const auto minutes = [&] {
    return db.number("SELECT round(extract(epoch FROM blocked_until - now()) / 60) FROM kie_models "
                     "WHERE model = 'm1'");
  };
  const auto refused_later = [&] {
    db.sql("UPDATE kie_models SET blocked_until = now() - interval '1 s'");
    ask.ask(store::cool_down_model{"m1", 30min, "paused", {}});
    return minutes();
  };
  ask.ask(store::cool_down_model{"m1", 30min, "paused", {}});
  CHECK(minutes() == 30);
  ask.ask(store::cool_down_model{"m1", 30min, "paused", {}}); // of a creation that had begun before
  CHECK(minutes() == 30);
  CHECK(refused_later() == 60);
  CHECK(refused_later() == 120);
  for (int i = 0; i < 50; ++i)
    refused_later();
  CHECK(minutes() == 24 * 60);
  // A task of the model that was created since then ends the row.
  add_jobs(1);
  const auto job = claim(us, 1).jobs.at(0).id;
  db.sql("UPDATE kie_models SET blocked_until = now() - interval '1 s'");
  CHECK(ask.ask(intent(us, job, "t1"))->model == "m1");
  CHECK(*ask.ask(store::record_task{us, job, task_id{"task-1"}}) == store::transition::done);
  CHECK(refused_later() == 30);
}

TEST_CASE_FIXTURE(
  claim_fixture,
  "claim: a node that lets others go first takes new jobs only when nobody did for long") {
  add_jobs(2);
  store::claim_jobs request{us, 10, {{"a", {key_fingerprint{"k1"}}}}, 1, {"m1"}};
  request.overdue = 10s;
  CHECK(ask.ask(request)->jobs.empty());
  db.sql("UPDATE jobs SET run_at = now() - interval '11 s'");
  const auto probe = ask.ask(request)->jobs;
  CHECK(probe.size() == 1); // its budget
  ask.ask(store::record_task{us, probe.at(0).id, task_id{"t"}});
  ask.ask(store::release_jobs{us, {}});
  CHECK(ask.ask(request)->jobs.size() == 1); // one with a task is anybody's at once
}

TEST_CASE_FIXTURE(claim_fixture,
                  "claim: a key_ring hears which keys cool down and how many workers share them") {
  const auto node = [&](const char* roles) {
    const incarnation result{uuid::random()};
    ask.ask(store::heartbeat{result, "n", roles, "1", "{}"});
    return to_string(result);
  };
  node("worker");
  node("gateway,notifier,worker");
  node("gateway,notifier,coordinator");
  node("worker");
  const auto silent = node("worker");
  const auto fenced = node("worker");
  db.sql("UPDATE nodes SET heartbeat_at = now() - interval '31 s' WHERE incarnation = '" + silent
         + "'");
  db.sql("UPDATE nodes SET fenced_at = now() WHERE incarnation = '" + fenced + "'");
  ask.ask(store::cool_down_key{key_fingerprint{"k1"}, 1h, "limited", false, {}});
  ask.ask(store::cool_down_key{key_fingerprint{"k2"}, 0ms, "over", false, {}});
  db.sql("INSERT INTO kie_keys (fingerprint, blocked_until) VALUES ('k3', 'infinity')");
  const auto view = *ask.ask(store::read_keys{30s});
  CHECK(view.workers == 3);
  CHECK(view.cooling.size() == 2);
  for (const auto& x : view.cooling) {
    CHECK(x.key.value != "k2");
    CHECK(x.left > 59min);
    CHECK(x.left <= 24h);
  }
}

TEST_CASE_FIXTURE(claim_fixture, "claim: jobs of a claim whose answer was lost are found again") {
  add_jobs(3);
  const auto jobs = claim(us, 3).jobs;
  const auto held = *ask.ask(store::held_jobs{us, {jobs[0].id}});
  CHECK(held.jobs.size() == 2);
  CHECK(ask.ask(store::held_jobs{us, {jobs[0].id, jobs[1].id, jobs[2].id}})->jobs.empty());
  CHECK(ask.ask(store::held_jobs{incarnation{uuid::random()}, {}})->jobs.empty());
}

TEST_SUITE_END();
