#include "protocol/outage.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

using verdict = store::intent_outcome::verdict;

/// KIE with two models and Runware with one, a key each, and three jobs of one user.
struct providers_fixture : store_fixture {
  incarnation node{uuid::random()};
  uuid watcher = uuid::random();
  std::vector<store::account> accounts{{"a", {key_fingerprint{"k"}}, "kie"},
                                       {"r", {key_fingerprint{"r"}}, "runware"}};

  providers_fixture() {
    db.add_user(7, 3);
    for (int i = 0; i < 3; ++i)
      db.add_job(7, "draft:" + std::to_string(i));
    look("kie");
    look("runware");
  }

  store::provider_view look(const std::string& provider, std::chrono::milliseconds patience = 6h) {
    const key_fingerprint key{provider == "kie" ? "k" : "r"};
    return *ask.ask(
      store::watch_provider{provider, watcher, {"m of " + provider}, patience, {key}});
  }

  void goes_down(const std::string& provider, const std::string& cause = "probe") {
    db.sql("SELECT lock_provider('" + provider + "')");
    db.sql("SELECT begin_outage('" + provider + "', '" + cause + "', 'HTTP 503')");
  }

  std::vector<claimed_job> claim(int limit = 1) {
    store::claim_jobs request{node, limit, accounts, 1000, {"m1", "m2", "rm"}, 0ms};
    request.providers = {"kie", "kie", "runware"};
    return ask.ask(request)->jobs;
  }

  store::intent_outcome announce(const claimed_job& job, const std::string& token,
                                 const std::string& prepared) {
    store::record_intent request{node, job.id, token, accounts, 1000, {"m1", "m2", "rm"}};
    request.providers = {"kie", "kie", "runware"};
    request.prepared = prepared;
    return *ask.ask(request);
  }

  /// For a photo that only KIE's models take.
  store::intent_outcome announce_at_kie(const claimed_job& job, const std::string& token) {
    store::record_intent request{node, job.id, token, accounts, 1000, {"m1", "m2"}};
    request.providers = {"kie", "kie"};
    return *ask.ask(request);
  }

  /// As a generation does that was told no_model.
  void postpone(const claimed_job& job) {
    ask.ask(
      store::retry_job{node, job.id, {failure_class::temporary, "x", "x"}, 5s, false, true, false});
  }

  int64_t failed() { return db.number("SELECT count(*) FROM jobs WHERE status = 'failed'"); }

  int64_t told() {
    return db.number("SELECT count(*) FROM notifications WHERE kind = 'job_delayed'");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/providers");

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: an intent says whose turn it is, and then goes by the catalogue") {
  const auto job = claim().at(0);
  const auto asked = announce(job, "t1", "");
  CHECK(asked.outcome == verdict::elsewhere);
  CHECK(asked.provider == "kie");
  CHECK(db.number("SELECT count(*) FROM job_tasks") == 0); // nothing was announced
  const auto granted = announce(job, "t2", "kie");
  CHECK(granted.outcome == verdict::granted);
  CHECK(granted.model == "m1");
  CHECK(granted.key.value == "k");
  CHECK(db.value("SELECT provider FROM jobs WHERE intent_token = 't2'") == "kie");
}

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: while one is down the next makes the videos, and knows its tasks") {
  goes_down("kie");
  const auto job = claim().at(0);
  CHECK(announce(job, "t1", "kie").provider == "runware");
  const auto granted = announce(job, "t2", "runware");
  CHECK(granted.outcome == verdict::granted);
  CHECK(granted.model == "rm");
  CHECK(granted.key.value == "r");
  ask.ask(store::record_task{node, job.id, task_id{"t2"}});
  CHECK(db.value("SELECT provider FROM job_tasks WHERE token = 't2'") == "runware");
  ask.ask(store::release_jobs{node, {job.id}});
  const auto again = claim().at(0);
  CHECK(again.provider == "runware");
  CHECK(again.task.value == "t2");
  // A task at Runware says nothing of KIE.
  CHECK(look("kie").down);
  CHECK(told() == 0);
}

TEST_CASE_FIXTURE(providers_fixture, "providers: one whose keys cool down is passed over") {
  ask.ask(store::cool_down_key{key_fingerprint{"k"}, 1h, "no money", false, {}});
  const auto job = claim().at(0);
  CHECK(announce(job, "t1", "runware").outcome == verdict::granted);
  ask.ask(store::cool_down_model{"rm", 1h, "paused", {}});
  CHECK(claim().empty());
}

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: with all down nothing is claimed, users hear of it, and patience "
                  "counts from the last that went down") {
  const auto job = claim().at(0);
  goes_down("kie");
  goes_down("runware");
  CHECK(claim().empty());
  CHECK(announce(job, "t1", "runware").outcome == verdict::no_model);
  look("kie");
  CHECK(told() == 2);
  db.sql("UPDATE jobs SET created_at = now() - interval '7 h' WHERE status = 'queued'");
  db.sql("UPDATE providers SET down_since = now() - interval '7 h' WHERE name = 'kie'");
  CHECK(look("kie").failed == 0);
  db.sql("UPDATE providers SET down_since = now() - interval '7 h'");
  CHECK(look("kie").failed == 2);
}

TEST_CASE_FIXTURE(providers_fixture, "providers: since when no other takes jobs") {
  struct {
    const char* subject;
    const char* runware;
    const char* since; // of KIE's view
  } const table[] = {
    {"up", "down_since = NULL", "infinity"},
    {"down", "down_since = '2026-01-01', cause = 'probe', declared_at = now()", "2026-01-01"},
    {"shut", "shut = true, shut_since = '2026-01-02'", "2026-01-02"},
    {"both, since the first",
     "down_since = '2026-01-01', cause = 'probe', declared_at = now(), shut = true, shut_since = "
     "'2026-01-02'",
     "2026-01-01"},
    {"open again, before anything was created", "shut_since = '2026-01-02'", "infinity"},
  };
  db.sql("SELECT lock_provider('runware')");
  for (const auto& x : table) {
    CAPTURE(x.subject);
    db.sql("UPDATE providers SET down_since = NULL, shut = false, shut_since = NULL");
    db.sql(std::string{"UPDATE providers SET "} + x.runware + " WHERE name = 'runware'");
    CHECK(db.value("SELECT others_shut_since('kie') = '" + std::string{x.since} + "'") == "t");
  }
  db.sql("UPDATE provider_watchers SET seen_at = now() - interval '61 s' WHERE provider <> 'kie'");
  CHECK(db.value("SELECT others_shut_since('kie')") == "-infinity"); // nobody works with it
}

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: with one down and no key or model of the other in use users hear of "
                  "it, and patience counts") {
  goes_down("kie");
  const std::string hour = "now() + interval '1 h'";
  struct {
    const char* subject;
    std::string sql;
  } const table[] = {
    {"its models are switched off",
     "INSERT INTO kie_models (model, blocked_until) VALUES ('m of runware', " + hour + ")"},
    {"an operator has paused its key",
     "INSERT INTO pauses (subject, name, ends_at, operator, reason) VALUES ('key', 'r', " + hour
       + ", 'anna', 'test')"},
    {"its key has no money",
     "INSERT INTO kie_keys (fingerprint, blocked_until) VALUES ('r', " + hour + ")"},
  };
  for (const auto& x : table) {
    CAPTURE(x.subject);
    db.sql("DELETE FROM kie_models");
    db.sql("DELETE FROM pauses");
    db.sql("UPDATE jobs SET delay_told = false");
    look("runware");
    CHECK(db.value("SELECT others_shut_since('kie')") == "infinity");
    db.sql(x.sql);
    const auto before = told();
    look("kie");
    CHECK(told() == before); // nobody has seen it yet
    look("runware");
    look("kie");
    CHECK(told() == before + 3);
    look("kie");
    CHECK(told() == before + 3);
  }
  db.sql("UPDATE jobs SET created_at = now() - interval '7 h'");
  db.sql("UPDATE providers SET down_since = now() - interval '7 h' WHERE name = 'kie'");
  CHECK(look("kie").failed == 0); // from the last that took none
  SUBCASE("and it was long ago") {
    db.sql("UPDATE providers SET shut_since = now() - interval '7 h'");
    CHECK(look("kie").failed == 3);
    CHECK(db.number("SELECT count(*) FROM jobs WHERE error_details->>'class' = 'OUTAGE'") == 3);
    db.check_promises();
  }
  SUBCASE("and it is over") {
    db.sql("UPDATE providers SET shut_since = now() - interval '7 h'");
    db.sql("UPDATE kie_keys SET blocked_until = now() - interval '1 s'");
    look("runware");
    CHECK(look("kie").failed == 0);
    // Between two cooldowns nothing was created: it goes on as if there had been one.
    ask.ask(store::cool_down_key{key_fingerprint{"r"}, 1h, "no money", false, {}});
    look("runware");
    CHECK(look("kie").failed == 3);
  }
}

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: a creation there ends the time in which it took no jobs") {
  ask.ask(store::cool_down_key{key_fingerprint{"r"}, 1h, "no money", false, {}});
  look("runware");
  CHECK(db.number("SELECT count(*) FROM providers WHERE shut_since IS NOT NULL") == 1);
  db.sql("UPDATE kie_keys SET blocked_until = now() - interval '1 s'");
  goes_down("kie");
  const auto job = claim().at(0);
  announce(job, "t1", "runware");
  ask.ask(store::record_task{node, job.id, task_id{"t1"}});
  look("runware");
  CHECK(db.number("SELECT count(*) FROM providers WHERE shut_since IS NOT NULL OR shut") == 0);
}

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: a job whose photo only the one that is down takes is told, and its "
                  "patience counts alone") {
  goes_down("kie");
  const auto job = claim().at(0);
  CHECK(announce_at_kie(job, "t1").outcome == verdict::no_model);
  postpone(job);
  CHECK(told() == 1);
  CHECK(db.number("SELECT count(*) FROM notifications WHERE kind = 'job_waiting'") == 0);
  look("kie");
  CHECK(told() == 1); // the others go to Runware
  db.sql("UPDATE jobs SET created_at = now() - interval '7 h', run_at = now()");
  db.sql("UPDATE providers SET down_since = now() - interval '7 h' WHERE name = 'kie'");
  CHECK(look("kie").failed == 0);
  db.sql(
    "UPDATE jobs SET stranded_since = now() - interval '7 h' WHERE stranded_since IS NOT NULL");
  SUBCASE("until it is over") {
    CHECK(look("kie").failed == 1);
    CHECK(failed() == 1);
    CHECK(db.number("SELECT count(*) FROM credit_ledger WHERE kind = 'refund'") == 1);
    db.check_promises();
  }
  SUBCASE("and is forgotten when somebody takes it") {
    db.sql("SELECT lock_provider('kie')");
    db.sql("SELECT end_outage('kie')");
    for (const auto& again : claim(3))
      if (again.id == job.id)
        CHECK(announce(again, "t3", "kie").outcome == verdict::granted);
    CHECK(db.number("SELECT count(*) FROM jobs WHERE stranded_since IS NOT NULL") == 0);
  }
}

TEST_CASE_FIXTURE(providers_fixture, "providers: a trial lets one job through, by its intent") {
  goes_down("kie", "creation");
  goes_down("runware", "creation");
  db.sql("UPDATE providers SET trial_at = now() WHERE name = 'runware'");
  const auto job = claim(3).at(0);
  CHECK(claim(3).size() <= 1);
  CHECK(announce(job, "t1", "").provider == "runware");
  CHECK(announce(job, "t2", "runware").outcome == verdict::granted);
  CHECK(db.number("SELECT count(*) FROM providers WHERE trial_at IS NOT NULL") == 0);
  CHECK(claim(3).empty());
}

TEST_CASE_FIXTURE(providers_fixture, "providers: late tasks name theirs") {
  goes_down("kie");
  const auto job = claim().at(0);
  announce(job, "t1", "runware");
  ask.ask(store::record_task{node, job.id, task_id{"t1"}});
  ask.ask(
    store::retry_job{node, job.id, {failure_class::temporary, "x", "x"}, 0ms, true, false, true});
  const auto late = ask.ask(store::late_tasks{})->tasks;
  REQUIRE(late.size() == 1);
  CHECK(late[0].provider == "runware");
}

TEST_CASE_FIXTURE(providers_fixture,
                  "providers: a creation at Runware that was given up unanswered "
                  "is looked for, and its video is sent late") {
  goes_down("kie");
  const auto jobs = claim(2);
  REQUIRE(jobs.size() == 2);
  REQUIRE(announce(jobs[0], "t1", "runware").outcome == verdict::granted);
  REQUIRE(announce(jobs[1], "t2", "runware").outcome == verdict::granted);
  ask.ask(store::retry_job{node, jobs[0].id, {}, 0ms, true, true, true});
  ask.ask(store::retry_job{node, jobs[1].id, {}, 0ms, true, true, false}); // refused
  const auto late = ask.ask(store::late_tasks{})->tasks;
  REQUIRE(late.size() == 1);
  CHECK(late[0].task.value == "t1");
  CHECK(late[0].provider == "runware");
  CHECK(*ask.ask(store::give_video{"t1", storage_key{"videos/late-t1.mp4"}, 9})
        == store::transition::done);
  CHECK(db.value("SELECT string_agg(coalesce(kie_task_id, 'none'), ' ') FROM jobs")
        == "none none none"); // the jobs went on without it
}

TEST_SUITE_END();
