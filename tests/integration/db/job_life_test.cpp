#include "protocol/store/queue.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using store::transition;

namespace {

/// One job of user 7 who has had three credits, and two nodes.
struct job_fixture : store_fixture {
  incarnation us{uuid::random()};
  incarnation others{uuid::random()};
  job_id job;

  job_fixture() {
    db.add_user(7, 3);
    job = job_id{*uuid::parse(db.add_job(7, "draft:0"))};
  }

  std::vector<claimed_job> claim(incarnation node, int limit = 10) {
    store::claim_jobs request{node, limit, {{"a", {key_fingerprint{"k1"}}}}, 1000, {"m"}};
    return ask.ask(request)->jobs;
  }

  transition retry(incarnation node, bool uses_attempt = true, bool tell = true) {
    return *ask.ask(store::retry_job{
      node, job, {failure_class::temporary, "busy", "503"}, 0ms, uses_attempt, tell});
  }

  std::string job_field(const std::string& column) {
    return db.value("SELECT " + column + " FROM jobs");
  }
  int64_t credits() { return db.number("SELECT credits FROM users"); }

  int64_t notifications(const std::string& kind) {
    return db.number("SELECT count(*) FROM notifications WHERE kind = '" + kind + "'");
  }

  /// Everything that a transition could change.
  std::string whole_state() {
    return db.value(
      "SELECT md5(string_agg(x, '|')) FROM (SELECT j::text AS x FROM jobs j UNION ALL "
      "SELECT u::text FROM users u UNION ALL SELECT l::text FROM credit_ledger l UNION ALL "
      "SELECT n::text FROM notifications n UNION ALL SELECT e::text FROM job_events e UNION ALL "
      "SELECT t::text FROM job_tasks t) s");
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/db/job_life");

TEST_CASE_FIXTURE(job_fixture, "job lifecycle: a job lives from its order to its video") {
  const auto claimed = claim(us);
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].id == job);
  CHECK(claimed[0].owner.value == 7);
  CHECK(claimed[0].product_text == "a mug");
  CHECK(claimed[0].photo.value == "photos/a.jpg");
  CHECK(claimed[0].language == "ru");
  CHECK(claimed[0].attempts == 1);
  CHECK(claimed[0].task.value.empty());
  CHECK(*ask.ask(store::record_prompt{us, job, "A mug turns.", prompt_source::openai})
        == transition::done);
  const auto intent =
    *ask.ask(store::record_intent{us, job, "token", {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}});
  CHECK(intent.outcome == store::intent_outcome::verdict::granted);
  CHECK(*ask.ask(store::record_task{us, job, task_id{"task-1"}}) == transition::done);
  CHECK(notifications("job_started") == 1);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"videos/v.mp4"}, 1234})
        == transition::done);
  CHECK(job_field("status") == "completed");
  CHECK(job_field("prompt") == "A mug turns.");
  CHECK(job_field("kie_task_id") == "task-1");
  CHECK(job_field("kie_api_key") == "k1");
  CHECK(job_field("video_url") == "videos/v.mp4");
  CHECK(job_field("created_at <= started_at AND started_at <= finished_at") == "t");
  CHECK(notifications("job_done") == 1);
  CHECK(credits() == 2);
  db.check_promises();
}

TEST_CASE_FIXTURE(
  job_fixture, "job lifecycle: what a silent video would say goes with it, whenever it is sent") {
  const auto said = [&] {
    return db.value("SELECT payload->>'narration' FROM notifications WHERE kind = 'job_done' "
                    "ORDER BY id DESC LIMIT 1");
  };
  claim(us);
  ask.ask(
    store::record_prompt{us, job, "A mug turns. Steam.", prompt_source::openai, 0, "Тепло & уют"});
  ask.ask(store::record_prompt{us, job, "A mug turns.", {}}); // shortened for a model
  CHECK(job_field("narration") == "Тепло & уют");
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"videos/v.mp4"}, 1234})
        == transition::done);
  CHECK(said() == "Тепло & уют");
  db.sql("DELETE FROM notifications"); // swept
  CHECK(db.value("SELECT resend_video('" + to_string(job) + "', 'video.sent_again')") == "t");
  CHECK(said() == "Тепло & уют");
  db.sql("UPDATE notifications SET sent_at = now()");
  db.sql("SELECT users_forget(7, 'anna', 'he asked')");
  CHECK(job_field("narration IS NULL") == "t");
}

TEST_CASE_FIXTURE(job_fixture,
                  "job lifecycle: every transition of a job that others hold changes nothing") {
  claim(others);
  const auto before = whole_state();
  CHECK(*ask.ask(store::record_prompt{us, job, "x", prompt_source::openai})
        == transition::lease_lost);
  CHECK(
    ask.ask(store::record_intent{us, job, "t", {{"a", {key_fingerprint{"k"}}}}, 20, {"m"}})->outcome
    == store::intent_outcome::verdict::lease_lost);
  CHECK(*ask.ask(store::record_task{us, job, task_id{"x"}}) == transition::lease_lost);
  CHECK(retry(us) == transition::lease_lost);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1}) == transition::lease_lost);
  CHECK(*ask.ask(store::fail_job{us, job, {}}) == transition::lease_lost);
  CHECK(ask.ask(store::release_jobs{us, {job}})->value == 0);
  CHECK(ask.ask(store::release_jobs{us, {}})->value == 0);
  CHECK(whole_state() == before);
  CHECK(*ask.ask(store::complete_job{others, job, storage_key{"v"}, 1}) == transition::done);
}

TEST_CASE_FIXTURE(job_fixture, "job lifecycle: the single functions do what the batches do") {
  const auto node = to_string(us);
  const auto call = [&](const std::string& function) {
    return db.value("SELECT " + function) == "t";
  };
  const auto job_and_node = "('" + to_string(job) + "', '" + node + "', ";
  claim(us);
  CHECK(call("record_prompt" + job_and_node + "'p')"));
  CHECK(
    db.value("SELECT verdict FROM record_intent" + job_and_node + "'t', '{k}', '{a}', 20, '{m}')")
    == "granted");
  CHECK(call("record_task" + job_and_node + "'task')"));
  CHECK(call("retry_job" + job_and_node + "'busy', '{}', '0 s')"));
  CHECK_FALSE(call("complete_job" + job_and_node + "'videos/v')"));
  claim(us);
  CHECK(call("fail_job_and_refund" + job_and_node + "'no', '{\"class\": \"UNKNOWN\"}')"));
  CHECK_FALSE(call("fail_job_and_refund" + job_and_node + "'no')"));
  CHECK(credits() == 3);
  db.check_promises();
}

TEST_CASE_FIXTURE(job_fixture,
                  "job lifecycle: an attempt is counted when it begins and only once") {
  claim(us);
  CHECK(job_field("attempts") == "1");
  ask.ask(store::release_jobs{us, {job}}); // drained
  CHECK(claim(others).at(0).attempts == 1);
  retry(others, false); // no key: costs nothing
  CHECK(claim(us).at(0).attempts == 1);
  retry(us, true);
  CHECK(claim(us).at(0).attempts == 2);
  ask.ask(store::release_jobs{us, {}});
  CHECK(claim(us).at(0).attempts == 2);
}

TEST_CASE_FIXTURE(
  job_fixture,
  "job lifecycle: a retry waits in the queue for its time and names the next attempt") {
  claim(us);
  ask.ask(store::retry_job{us, job, {failure_class::temporary, "busy", "503"}, 1h});
  CHECK(job_field("status") == "queued");
  CHECK(claim(us).empty());
  CHECK(db.value("SELECT payload->>'attempt' FROM notifications WHERE kind = 'job_retry'") == "2");
  CHECK(job_field("error") == "NULL");
  CHECK(db.value("SELECT run_at BETWEEN now() + interval '59 min' AND now() + interval '1 h' "
                 "FROM jobs")
        == "t");
  db.sql("UPDATE jobs SET run_at = now()");
  const auto again = claim(others); // by any worker
  REQUIRE(again.size() == 1);
  CHECK(again[0].id == job);
  CHECK(again[0].attempts == 2);
  CHECK(db.value("SELECT details->>'raw' FROM job_events WHERE what = 'retry'") == "503");
}

TEST_CASE_FIXTURE(job_fixture, "job lifecycle: the wait for a key or a model is told once") {
  for (int i = 0; i < 3; ++i) {
    claim(us);
    retry(us, false);
  }
  CHECK(notifications("job_waiting") == 1);
  CHECK(notifications("job_retry") == 0);
}

TEST_CASE_FIXTURE(
  job_fixture, "job lifecycle: a released job keeps its task and resumes it, a retry gives it up") {
  claim(us);
  ask.ask(store::record_intent{us, job, "t1", {{"a", {key_fingerprint{"k1"}}}}, 20, {"m"}});
  ask.ask(store::record_task{us, job, task_id{"task-1"}});
  ask.ask(store::release_jobs{us, {}});
  const auto resumed = claim(others).at(0);
  CHECK(resumed.task.value == "task-1");
  CHECK(resumed.key.value == "k1");
  CHECK(resumed.intent_token == "t1");
  REQUIRE(resumed.task_age);
  REQUIRE(resumed.intent_age);
  CHECK(*resumed.task_age >= 0ms);
  CHECK(*resumed.task_age <= *resumed.intent_age);
  db.sql(
    "UPDATE jobs SET intent_at = now() - interval '2 h', task_created_at = now() - interval '1 h'");
  ask.ask(store::release_jobs{others, {}});
  const auto later = claim(others).at(0);
  CHECK(later.task_age.value() > 1h - 1s);
  CHECK(later.intent_age.value() > 2h - 1s);
  retry(others);
  const auto fresh = claim(others).at(0);
  CHECK(fresh.task.value.empty());
  CHECK(fresh.intent_token.empty());
  CHECK(db.value("SELECT task_id FROM job_tasks WHERE token = 't1'") == "task-1");
}

TEST_CASE_FIXTURE(
  job_fixture, "job lifecycle: the start is announced once per job, whichever attempt it takes") {
  claim(us);
  ask.ask(store::record_task{us, job, task_id{"task-1"}});
  CHECK(*ask.ask(store::record_task{us, job, task_id{"task-1"}}) == transition::done); // repeated
  retry(us);
  claim(us);
  ask.ask(store::record_task{us, job, task_id{"task-2"}});
  CHECK(notifications("job_started") == 1);
}

TEST_CASE_FIXTURE(job_fixture,
                  "job lifecycle: a failure refunds once and keeps what the job was about") {
  claim(us);
  const job_failure reason{failure_class::user_violation, "guardrails",
                           "may violate \"our\" guardrails"};
  CHECK(*ask.ask(store::fail_job{us, job, reason}) == transition::done);
  CHECK(*ask.ask(store::fail_job{us, job, reason}) == transition::lease_lost);
  CHECK(credits() == 3);
  CHECK(job_field("error") == "guardrails");
  CHECK(job_field("error_details->>'class'") == "USER_VIOLATION");
  CHECK(job_field("error_details->>'raw'") == "may violate \"our\" guardrails");
  CHECK(job_field("error_details->>'template_id'") == "ugc");
  CHECK(notifications("job_violation") == 1);
  CHECK(notifications("job_failed") == 0);
  db.check_promises();
}

TEST_CASE_FIXTURE(job_fixture,
                  "job lifecycle: a failure with bytes that are no text is recorded all the same") {
  claim(us);
  const job_failure reason{failure_class::unknown, "garbage", std::string{"\xff\xfe\0x", 4}};
  CHECK(*ask.ask(store::fail_job{us, job, reason}) == transition::done);
}

TEST_CASE_FIXTURE(
  job_fixture,
  "job lifecycle: the operator's literal UPDATE refunds and tells, queued or processing") {
  const auto second = db.add_job(7, "draft:1");
  claim(us, 1);
  CHECK(credits() == 1);
  db.sql("UPDATE jobs SET status='failed', error='timeout' WHERE id='" + to_string(job) + "';");
  db.sql("UPDATE jobs SET status='failed', error='timeout' WHERE id='" + second + "';");
  CHECK(credits() == 3);
  CHECK(notifications("job_failed") == 2);
  CHECK(db.number("SELECT count(*) FROM jobs WHERE claimed_by IS NULL AND finished_at IS NOT NULL")
        == 2);
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1}) == transition::lease_lost);
  CHECK(db.refusal("UPDATE jobs SET status='failed', error='timeout' WHERE id='" + second + "';")
        == "NC004");
  CHECK(credits() == 3);
  db.check_promises();
}

TEST_CASE_FIXTURE(job_fixture, "job lifecycle: a finished job accepts no transition, by nobody") {
  claim(us);
  ask.ask(store::complete_job{us, job, storage_key{"v"}, 1});
  for (const auto* change :
       {"status='failed', error='timeout'", "status='queued'", "status='completed'", "attempts=9",
        "video_url='x'", "claimed_by=gen_random_uuid()", "error='x'", "finished_at=now()"})
    CHECK(db.refusal(std::string{"UPDATE jobs SET "} + change) == "NC004");
  CHECK(db.refusal("SELECT operator_retry_job('" + to_string(job) + "')") == "NC004");
  CHECK(db.refusal("SELECT operator_fail_job('" + to_string(job) + "', 'x')") == "NC004");
  CHECK(db.refusal("UPDATE jobs SET video_file_id = 'f'").empty());
  CHECK(credits() == 2);
  db.check_promises();
}

TEST_CASE_FIXTURE(job_fixture, "job lifecycle: operators retry and fail jobs by hand") {
  claim(us);
  ask.ask(store::record_task{us, job, task_id{"task-1"}});
  db.sql("SELECT operator_retry_job('" + to_string(job) + "')");
  CHECK(*ask.ask(store::complete_job{us, job, storage_key{"v"}, 1}) == transition::lease_lost);
  CHECK(claim(us).at(0).task.value.empty());
  db.sql("SELECT operator_fail_job('" + to_string(job) + "', 'by hand')");
  CHECK(credits() == 3);
  CHECK(db.refusal("SELECT operator_fail_job(gen_random_uuid(), 'x')") == "NC005");
  CHECK(db.number("SELECT count(*) FROM job_timeline('" + to_string(job) + "')") >= 8);
  db.check_promises();
}

TEST_CASE_FIXTURE(job_fixture, "job lifecycle: the constraints refuse states that cannot be") {
  for (const auto* change :
       {"status='done'", "status='completed'", "status='processing'", "error='x'", "video_url='x'",
        "finished_at=now()", "error_details='[]'", "attempts=-1", "extra_wishes='-'",
        "started_at=created_at - interval '1 s'"})
    CHECK_MESSAGE(db.refusal(std::string{"UPDATE jobs SET "} + change) == "23514", change);
  CHECK(db.refusal("UPDATE users SET credits = -1") == "23514");
  CHECK(db.refusal("UPDATE jobs SET status='failed'") == "23514"); // without a reason
  db.check_promises();
}

TEST_CASE_FIXTURE(job_fixture,
                  "job lifecycle: events and the rest of a job's life make its timeline") {
  claim(us);
  db.sql("INSERT INTO job_events (job_id, what) VALUES ('" + to_string(job)
         + "', 'openai.fallback')");
  ask.ask(store::complete_job{us, job, storage_key{"v"}, 1});
  const auto rows = db.sql("SELECT kind FROM job_timeline('" + to_string(job) + "')");
  std::vector<std::string> events;
  for (const auto& row : rows)
    events.emplace_back(row[0].c_str());
  for (const auto* expected : {"ordered", "charged", "claimed", "openai.fallback", "completed"})
    CHECK_MESSAGE(std::ranges::find(events, expected) != events.end(), expected);
}

TEST_SUITE_END();
