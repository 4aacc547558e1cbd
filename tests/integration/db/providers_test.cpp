#include "protocol/outage.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::testing;
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
    return *ask.ask(store::watch_provider{provider, watcher, {"m of " + provider}, patience});
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

TEST_SUITE_END();
