#include "protocol/outage.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <pqxx/transaction>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

using origin = failure_origin;

/// Two workers that watch KIE, and ten jobs of five users.
struct outage_fixture : store_fixture {
  incarnation node{uuid::random()};
  uuid one = uuid::random();
  uuid two = uuid::random();

  outage_fixture() {
    for (int user = 1; user <= 5; ++user) {
      db.add_user(user, 2);
      for (int i = 0; i < 2; ++i)
        db.add_job(user, "draft-" + std::to_string(user) + ":" + std::to_string(i));
    }
    look(one);
  }

  store::provider_view look(uuid watcher, std::chrono::milliseconds patience = 6h,
                            std::vector<std::string> models = {"m"}) {
    return *ask.ask(store::watch_provider{"kie", watcher, std::move(models), patience});
  }

  void probe(uuid watcher, bool reached) {
    ask.ask(store::report_probe{"kie", watcher, reached, "no answer", 30s});
  }

  std::vector<claimed_job> claim(int limit, std::chrono::milliseconds overdue = 0ms) {
    store::claim_jobs request{node, limit, {{"a", {key_fingerprint{"k"}}}}, 1000, {"m"}, overdue};
    return ask.ask(request)->jobs;
  }

  /// A claimed job fails at `watcher`'s and goes back as the answer says.
  origin fail(uuid watcher, std::optional<bool> reached, const claimed_job& job,
              failure_stage stage = failure_stage::creation) {
    const auto got = *ask.ask(store::report_failures{
      "kie", watcher, reached, {{job.id, job.owner, stage}}, "HTTP 503", 30s});
    ask.ask(store::retry_job{
      node, job.id, {failure_class::temporary, "x", "x"}, 0ms, got == origin::job, false});
    return got;
  }

  bool down() {
    return db.number("SELECT count(*) FROM providers WHERE down_since IS NOT NULL") == 1;
  }

  int64_t told() {
    return db.number("SELECT count(*) FROM notifications WHERE kind = 'job_delayed'");
  }

  int64_t most_attempts() { return db.number("SELECT max(attempts) FROM jobs"); }

  /// Time passes for what the outage has written down.
  void age(const std::string& by) {
    db.sql("UPDATE providers SET down_since = down_since - interval '" + by
           + "', declared_at = declared_at - interval '" + by
           + "', began_at = began_at - interval '" + by + "', ended_at = ended_at - interval '" + by
           + "', models_out_since = models_out_since - interval '" + by
           + "', doubted_since = doubted_since - interval '" + by + "'");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/outage");

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: a worker alone in the cluster decides by its own probe") {
  CHECK(fail(one, false, claim(1)[0]) == origin::provider);
  CHECK(down());
  CHECK(claim(10).empty());
  const auto view = look(one);
  CHECK(view.down);
  CHECK(view.reason == "HTTP 503");
  probe(one, true);
  CHECK_FALSE(down());
  CHECK(claim(10).size() == 10);
  CHECK(most_attempts() == 1);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: a worker that is cut off alone declares nothing, whatever fails there") {
  look(two);
  probe(two, true);
  for (int i = 0; i < 10; ++i) {
    CHECK(fail(one, false, claim(1)[0]) == origin::node);
    CHECK(look(two).probe_wanted);
    probe(two, true);
    CHECK_FALSE(look(two).probe_wanted);
  }
  age("1 hour");
  CHECK(fail(one, false, claim(1)[0]) == origin::node);
  probe(two, true);
  CHECK_FALSE(down());
  CHECK(most_attempts() == 1);
}

TEST_CASE_FIXTURE(outage_fixture, "outage: KIE is down when the last worker does not reach it") {
  look(two);
  CHECK(fail(one, false, claim(1)[0]) == origin::node);
  CHECK_FALSE(down());
  probe(two, false);
  CHECK(down());
  SUBCASE("any of them ends it") {
    probe(two, true);
  }
  SUBCASE("also the other") {
    probe(one, true);
  }
  CHECK_FALSE(down());
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: a worker that does not answer the question is not waited for") {
  look(two);
  CHECK(fail(one, false, claim(1)[0]) == origin::node);
  age("16 s");
  CHECK(fail(one, false, claim(1)[0]) == origin::provider);
  CHECK(down());
}

TEST_CASE_FIXTURE(outage_fixture, "outage: a worker that is gone is not asked") {
  look(two);
  db.sql("UPDATE provider_watchers SET seen_at = now() - interval '31 s'");
  CHECK(fail(one, false, claim(1)[0]) == origin::provider);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: five jobs of three users that fail alike are one, and lose no attempt") {
  const auto jobs = claim(10);
  auto by_user = jobs;
  std::ranges::sort(by_user, {}, [](const auto& x) { return x.owner.value; });
  SUBCASE("five of three") {
    for (size_t i = 0; i < 4; ++i)
      CHECK(fail(one, true, by_user.at(i)) == origin::job);
    CHECK(fail(one, true, by_user[4]) == origin::provider);
    CHECK(down());
    look(one);
    CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'queued' AND NOT attempt_open") == 0);
  }
  SUBCASE("whichever worker saw them") {
    look(two);
    for (size_t i = 0; i < 4; ++i)
      fail(i % 2 == 0 ? one : two, true, by_user.at(i));
    CHECK(fail(two, true, by_user[4]) == origin::provider);
  }
  SUBCASE("not four") {
    for (size_t i = 0; i < 4; ++i)
      fail(one, true, by_user.at(2 * i));
    CHECK_FALSE(down());
  }
  SUBCASE("not of two users") {
    db.sql("UPDATE jobs SET tg_user_id = 1 + tg_user_id % 2");
    for (auto job : by_user) {
      job.owner = user_id{1 + job.owner.value % 2};
      fail(one, true, job);
    }
    CHECK_FALSE(down());
  }
  SUBCASE("not within more than a minute") {
    for (size_t i = 0; i < 4; ++i)
      fail(one, true, by_user.at(i));
    db.sql("UPDATE provider_failures SET failed_at = failed_at - interval '61 s'");
    CHECK(fail(one, true, by_user[4]) == origin::job);
  }
  SUBCASE("not while others succeed") {
    ask.ask(store::record_task{node, by_user[9].id, task_id{"t"}});
    for (size_t i = 0; i < 9; ++i)
      CHECK(fail(one, true, by_user.at(i)) == origin::job);
    CHECK_FALSE(down());
  }
  SUBCASE("not of different stages") {
    for (size_t i = 0; i < 8; ++i)
      CHECK(
        fail(one, true, by_user.at(i), i % 2 == 0 ? failure_stage::creation : failure_stage::task)
        == origin::job);
  }
}

TEST_CASE_FIXTURE(
  outage_fixture,
  "outage: with an answered probe one job at a time is let through, until one succeeds") {
  const auto jobs = claim(5);
  for (const auto& job : jobs)
    fail(one, true, job);
  for (auto job : claim(10))
    fail(one, true, job);
  REQUIRE(down());
  CHECK(claim(10).empty());
  probe(one, false);
  CHECK(claim(10).empty());
  probe(one, true);
  CHECK(claim(10, 1ms).empty()); // of a node that does not reach KIE itself
  auto trial = claim(10);
  REQUIRE(trial.size() == 1);
  CHECK(claim(10).empty());
  CHECK(fail(one, true, trial[0]) == origin::provider);
  CHECK(claim(10).empty());
  probe(one, true);
  const auto second = claim(10);
  REQUIRE(second.size() == 1);
  CHECK(second[0].id != trial[0].id); // the others have their turn
  ask.ask(store::record_task{node, second[0].id, task_id{"t"}});
  CHECK_FALSE(look(one).down);
  CHECK(claim(10).size() == 9);
  CHECK(most_attempts() == 1);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: with nobody waiting an answered probe ends any of them") {
  for (const auto& job : claim(10))
    fail(one, true, job);
  REQUIRE(down());
  db.sql("UPDATE jobs SET status = 'failed', error = 'by hand' WHERE status <> 'failed'");
  probe(one, true);
  CHECK_FALSE(down());
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: the first creation that fails soon after an outage continues it") {
  fail(one, false, claim(1)[0]);
  age("1 hour");
  probe(one, true);
  CHECK_FALSE(down());
  SUBCASE("before any has succeeded") {
    CHECK(fail(one, true, claim(1)[0]) == origin::provider);
    CHECK(look(one).down_for > 59min);
  }
  SUBCASE("not after") {
    ask.ask(store::record_task{node, claim(1)[0].id, task_id{"t"}});
    CHECK(fail(one, true, claim(1)[0]) == origin::job);
  }
  SUBCASE("not much later") {
    age("11 min");
    CHECK(fail(one, true, claim(1)[0]) == origin::job);
  }
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: tasks go on, and everybody who waits is told once a job") {
  const auto begun = claim(1)[0];
  ask.ask(store::record_task{node, begun.id, task_id{"t"}});
  ask.ask(store::release_jobs{node, {begun.id}});
  db.sql(
    "UPDATE jobs SET task_created_at = now() - interval '1 min' WHERE kie_task_id IS NOT NULL");
  const auto unlucky = claim(2);
  REQUIRE(unlucky.size() == 2); // the begun one and another
  for (const auto& job : unlucky)
    if (job.task.value.empty())
      fail(one, false, job);
  REQUIRE(down());
  look(one);
  CHECK(told() == 9);
  look(one);
  probe(one, true);
  CHECK(fail(one, true, claim(1)[0]) == origin::provider);
  look(one);
  CHECK(told() == 9);
  ask.ask(store::release_jobs{node, {begun.id}});
  const auto resumed = claim(10);
  REQUIRE(resumed.size() == 1);
  CHECK(resumed[0].id == begun.id);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "outage: what has waited for the patience fails with refund, once, as OUTAGE") {
  fail(one, false, claim(1)[0]);
  age("7 hours");
  CHECK(look(one).failed == 0); // the jobs are young
  db.sql("UPDATE jobs SET created_at = created_at - interval '7 hours' WHERE tg_user_id <= 2");
  SUBCASE("a user whom somebody has locked waits for the next look") {
    const auto other = db.connect();
    pqxx::work hold{*other};
    hold.exec("SELECT 1 FROM users WHERE tg_user_id = 1 FOR UPDATE");
    CHECK(look(one).failed == 2);
    hold.commit();
    CHECK(look(one).failed == 2);
  }
  SUBCASE("all at once") {
    CHECK(look(one).failed == 4);
  }
  CHECK(look(one).failed == 0);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE status = 'failed' AND "
                  "error_details->>'class' = 'OUTAGE'")
        == 4);
  CHECK(db.number("SELECT sum(credits) FROM users") == 4);
  db.check_promises();
}

TEST_CASE_FIXTURE(outage_fixture, "outage: without a model jobs wait no longer than the patience") {
  ask.ask(store::cool_down_model{"m", 12h, "paused", {}});
  CHECK_FALSE(look(one).down);
  CHECK(told() == 0);
  age("7 hours");
  db.sql("UPDATE jobs SET created_at = created_at - interval '7 hours'");
  SUBCASE("as MODEL_DOWN") {
    CHECK(look(one).failed == 10);
    CHECK(db.number("SELECT count(*) FROM jobs WHERE error_details->>'class' = 'MODEL_DOWN'")
          == 10);
    db.check_promises();
  }
  SUBCASE("counted over cooldowns that follow each other") {
    db.sql("UPDATE kie_models SET blocked_until = now() - interval '1 s'");
    CHECK(look(one).failed == 0);
    ask.ask(store::cool_down_model{"m", 12h, "paused again", {}});
    CHECK(look(one).failed == 10);
  }
  SUBCASE("not over a creation that succeeded") {
    db.sql("UPDATE kie_models SET blocked_until = now() - interval '1 s'");
    ask.ask(store::record_task{node, claim(1)[0].id, task_id{"t"}});
    CHECK(look(one).failed == 0);
    ask.ask(store::cool_down_model{"m", 12h, "paused again", {}});
    CHECK(look(one).failed == 0);
  }
}

TEST_SUITE_END();
