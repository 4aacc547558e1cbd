#include "protocol/store/nodes.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

struct rescue_fixture : store_fixture {
  incarnation us{uuid::random()};
  job_id job;

  rescue_fixture() {
    db.add_user(7, 3);
    job = job_id{*uuid::parse(db.add_job(7, "draft:0"))};
  }

  bool beat(incarnation node) {
    return ask.ask(store::heartbeat{node, "n", "worker", "1", "{}"})->fenced;
  }

  size_t claim(incarnation node) {
    return ask.ask(store::claim_jobs{node, 10, {{"a", {key_fingerprint{"k"}}}}, 1000, {"m"}})
      ->jobs.size();
  }

  /// The node falls silent for a minute and is found out.
  int die(incarnation node) {
    db.sql("UPDATE nodes SET heartbeat_at = now() - interval '1 min' WHERE incarnation = '"
           + to_string(node) + "'");
    return ask.ask(store::rescue_expired_jobs{30s})->value;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/rescue");

TEST_CASE_FIXTURE(
  rescue_fixture,
  "rescue: jobs of a silent node are taken back with their task, the node is fenced") {
  CHECK_FALSE(beat(us));
  REQUIRE(claim(us) == 1);
  ask.ask(store::record_task{us, job, task_id{"task-1"}});
  CHECK(ask.ask(store::rescue_expired_jobs{30s})->value == 0); // it lives
  CHECK(die(us) == 1);
  CHECK(beat(us));
  CHECK(claim(us) == 0);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1})
        == store::transition::lease_lost);
  const incarnation other{uuid::random()};
  const auto taken = *ask.ask(store::claim_jobs{other, 10, {}, 0, {}}); // needs no budget
  REQUIRE(taken.jobs.size() == 1);
  CHECK(taken.jobs[0].task.value == "task-1");
  CHECK(taken.jobs[0].attempts == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(rescue_fixture, "rescue: a heartbeat in time keeps a node that was nearly late") {
  beat(us);
  claim(us);
  db.sql("UPDATE nodes SET heartbeat_at = now() - interval '29 s'");
  CHECK_FALSE(beat(us));
  CHECK(ask.ask(store::rescue_expired_jobs{30s})->value == 0);
}

TEST_CASE_FIXTURE(rescue_fixture,
                  "rescue: a node that claims before its first heartbeat can be rescued from") {
  REQUIRE(claim(us) == 1);
  CHECK(die(us) == 1);
  CHECK(db.value("SELECT status FROM jobs") == "queued");
}

TEST_CASE_FIXTURE(
  rescue_fixture,
  "rescue: the third crash of a worker that held nothing else fails the job with refund") {
  for (int i = 1; i <= 3; ++i) {
    const incarnation node{uuid::random()};
    REQUIRE(claim(node) == 1);
    CHECK(die(node) == 1);
    CHECK(db.value("SELECT status FROM jobs") == (i < 3 ? "queued" : "failed"));
    if (i < 3)
      db.sql("UPDATE jobs SET run_at = now()"); // it waits ever longer
  }
  CHECK(db.number("SELECT credits FROM users") == 3);
  CHECK(db.number("SELECT attempts FROM jobs") == 1);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'job_failed'") == 1);
  CHECK(db.number("SELECT count(*) FROM suspects") == 0);
  db.check_promises();
}

TEST_CASE_FIXTURE(rescue_fixture, "rescue: progress forgives the take-overs before it") {
  for (int i = 1; i <= 6; ++i) {
    const incarnation node{uuid::random()};
    REQUIRE(claim(node) == 1);
    ask.ask(store::record_task{node, job, task_id{"task"}});
    die(node);
    CHECK(db.value("SELECT status FROM jobs") == "queued");
    CHECK(db.number("SELECT rescues FROM jobs") == 1);
  }
}

TEST_CASE_FIXTURE(rescue_fixture,
                  "rescue: a program fault pauses the job, and the third fails it") {
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(claim(us) == 1);
    CHECK(ask.ask(store::release_jobs{us, {job}, true})->value == 1);
    if (i < 3) {
      CHECK(claim(us) == 0); // the pause
      db.sql("UPDATE jobs SET run_at = now()");
    }
  }
  CHECK(db.value("SELECT status FROM jobs") == "failed");
  CHECK(db.number("SELECT credits FROM users") == 3);
  db.check_promises();
}

TEST_CASE_FIXTURE(rescue_fixture,
                  "rescue: a node that leaves gives everything back and is fenced") {
  beat(us);
  claim(us);
  ask.ask(store::leave_cluster{us});
  CHECK(db.value("SELECT status FROM jobs") == "queued");
  CHECK(claim(us) == 0);
  CHECK(db.value("SELECT status_snapshot()->'nodes'->0->>'state'") == "left");
  CHECK(beat(us)); // was on its way
  CHECK(db.value("SELECT status_snapshot()->'nodes'->0->>'state'") == "left");
}

TEST_CASE_FIXTURE(rescue_fixture, "rescue: two rescuers at once take each job back once") {
  beat(us);
  claim(us);
  db.sql("UPDATE nodes SET heartbeat_at = now() - interval '1 min'");
  lanes second{{.connection = db.config()}};
  auto one = ask.start(store::rescue_expired_jobs{30s});
  auto two = second.start(store::rescue_expired_jobs{30s});
  CHECK(one.get()->value + two.get()->value == 1);
  CHECK(db.number("SELECT rescues FROM jobs") == 1);
}

TEST_CASE_FIXTURE(rescue_fixture, "rescue: a clock that is set back lets no dead node live on") {
  beat(us);
  REQUIRE(claim(us) == 1);
  db.sql("UPDATE nodes SET heartbeat_at = now() + interval '1 hour'");
  CHECK(ask.ask(store::rescue_expired_jobs{30s})->value == 0); // perhaps it lives: a new lease
  CHECK(db.number("SELECT count(*) FROM nodes WHERE heartbeat_at > now()") == 0);
  CHECK(die(us) == 1);
}

TEST_CASE_FIXTURE(
  rescue_fixture,
  "rescue: a task that still runs when its job is failed by hand may bring a late video") {
  beat(us);
  REQUIRE(claim(us) == 1);
  ask.ask(store::record_intent{us, job, "token", {{"a", {key_fingerprint{"k"}}}}, 1000, {"m"}});
  ask.ask(store::record_task{us, job, task_id{"task-1"}});
  db.sql("UPDATE jobs SET status='failed', error='timeout' WHERE id='" + to_string(job) + "'");
  CHECK(ask.ask(store::late_tasks{})->tasks.size() == 1);
  db.check_promises();
}

TEST_CASE_FIXTURE(
  rescue_fixture,
  "rescue: a job that an operator has locked keeps no other from being given back") {
  db.add_job(7, "draft:1");
  beat(us);
  REQUIRE(claim(us) == 2);
  const auto operators = db.connect();
  pqxx::nontransaction locked{*operators};
  locked.exec("BEGIN");
  locked.exec("SELECT FROM jobs WHERE id = '" + to_string(job) + "' FOR UPDATE");
  CHECK(ask.ask(store::release_jobs{us, {}})->value == 1);
  const auto left = ask.ask(store::held_jobs{us, {}})->jobs; // so its worker knows
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == job);
  ask.ask(store::leave_cluster{us}); // the node ends all the same
  locked.exec("ROLLBACK");
  CHECK(ask.ask(store::rescue_expired_jobs{30s})->value == 1);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'queued'") == 2);
}

TEST_CASE_FIXTURE(rescue_fixture,
                  "rescue: a clock that is set back stops nothing that was to happen later") {
  db.add_job(7, "draft:1");
  ask.ask(store::rescue_expired_jobs{30s}); // sees the time
  db.sql("UPDATE jobs SET run_at = now() + interval '10 min' WHERE idempotency_key = 'draft:1'");
  db.sql("INSERT INTO notifications (chat_id, kind) VALUES (7, 'reply')");
  db.sql("INSERT INTO updates (update_id, chat_id, kind, body) VALUES (1, 7, 'message', '{}')");
  db.sql(
    "INSERT INTO kie_keys (fingerprint, blocked_until) VALUES ('k', now() + interval '5 min'), "
    "('paused', 'infinity')");
  db.sql("INSERT INTO kie_models (model, blocked_until) VALUES ('m', now() + interval '5 min')");
  // An hour back: all that was written stems from the future.
  for (const auto* column :
       {"jobs SET run_at = run_at", "jobs SET updated_at = updated_at",
        "notifications SET run_at = run_at", "updates SET received_at = received_at",
        "kie_keys SET blocked_until = blocked_until",
        "kie_models SET blocked_until = blocked_until"})
    db.sql(std::string{"UPDATE "} + column + " + interval '1 h'");
  db.sql("UPDATE settings SET updated_at = updated_at + interval '1 h' WHERE key = 'clock'");
  ask.ask(store::rescue_expired_jobs{30s});
  const auto wait = [&](const std::string& column, const std::string& of) {
    return db.number("SELECT ceil(extract(epoch FROM " + column + " - now())) FROM " + of);
  };
  CHECK(wait("run_at", "jobs WHERE idempotency_key = 'draft:0'") <= 10);
  CHECK(wait("run_at", "jobs WHERE idempotency_key = 'draft:1'") <= 610);
  CHECK(wait("run_at", "jobs WHERE idempotency_key = 'draft:1'") >= 590);
  CHECK(wait("run_at", "notifications") <= 10);
  CHECK(wait("received_at", "updates") <= 10);
  CHECK(wait("blocked_until", "kie_keys WHERE fingerprint = 'k'") <= 310);
  CHECK(wait("blocked_until", "kie_keys WHERE fingerprint = 'k'") >= 290);
  CHECK(wait("blocked_until", "kie_models") <= 310);
  CHECK(db.value("SELECT blocked_until FROM kie_keys WHERE fingerprint = 'paused'") == "infinity");
  ask.ask(store::rescue_expired_jobs{30s}); // once
  CHECK(wait("blocked_until", "kie_models") >= 290);
}

TEST_SUITE_END();
