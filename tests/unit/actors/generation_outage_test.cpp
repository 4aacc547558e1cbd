#include "tests/support/worker_fixture.hpp"

// The database away, the lease gone, the node draining: at every step.

using namespace neurocards;
using namespace neurocards::test;

namespace {

constexpr const char* whole_way =
  "write_prompt record_prompt link_file record_intent kie.createTask record_task kie.recordInfo "
  "video.download put_file complete_job";

const std::vector<std::string> commits{"record_prompt", "record_intent", "record_task",
                                       "complete_job"};

/// `way` with `commit` in it `times` times.
std::string repeated(std::string way, const std::string& commit, int times) {
  const auto position = way.find(commit);
  for (int i = 1; i < times; ++i)
    way.insert(position, commit + " ");
  return way;
}

/// `way` up to and with `last`.
std::string until(const std::string& way, const std::string& last) {
  return way.substr(0, way.find(last) + last.size());
}

struct outage_fixture : generation_fixture {
  /// A job whose creation KIE refuses with `code`.
  claimed_job ready_job() {
    auto result = fresh_job();
    result.prompt = "A hand turns the mug.";
    return result;
  }
};

} // namespace

// ── the database is out of reach ─────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/generation_outage");

TEST_CASE_FIXTURE(
  outage_fixture,
  "generation: repeats what the database did not answer, and skips or doubles nothing") {
  for (const auto& commit : commits) {
    CAPTURE(commit);
    log.clear();
    db.out_of_reach = commit;
    db.failures_left = 4;
    run(fresh_job());
    advance(1min);
    CHECK(log.text() == repeated(whole_way, commit, 5));
    CHECK(ended_well());
  }
}

TEST_CASE_FIXTURE(
  outage_fixture,
  "generation: repeats the same commit: an intent keeps its token, a task its name") {
  db.out_of_reach = "all";
  db.failures_left = 2;
  run(ready_job());
  advance(1s);
  std::vector<std::string> tokens;
  for (const auto& x : db.asked)
    if (const auto* intent = std::get_if<store::record_intent>(&x))
      tokens.push_back(intent->token);
  REQUIRE(tokens.size() == 3);
  CHECK(tokens[0] == tokens[1]);
  CHECK(tokens[1] == tokens[2]);
  CHECK(log.count("kie.createTask") == 1);
}

TEST_CASE_FIXTURE(
  outage_fixture,
  "generation: asks an absent database ever less often, at most every few seconds") {
  db.out_of_reach = "record_prompt";
  db.failures_left = 1'000'000;
  run(fresh_job());
  advance(1s);
  CHECK(log.count("record_prompt") >= 3); // after 0.2, 0.6, 1.4 s
  CHECK(log.count("record_prompt") <= 4);
  log.clear();
  advance(1min);
  CHECK(log.count("record_prompt") >= 10); // every 5 s
  CHECK(log.count("record_prompt") <= 16);
}

TEST_CASE_FIXTURE(outage_fixture, "generation: repeats retries and failures, too") {
  web.says("kie.createTask", {refused(500, "Internal Error")});
  db.out_of_reach = "retry_job";
  db.failures_left = 2;
  run(ready_job());
  advance(2s);
  CHECK(log.text() == "link_file record_intent kie.createTask retry_job retry_job retry_job");
  CHECK(ended_well());
  log.clear();
  web.says("kie.createTask", {refused(500, "flagged by moderation")});
  db.out_of_reach = "fail_job";
  db.failures_left = 2;
  run(ready_job());
  advance(2s);
  CHECK(log.text() == "link_file record_intent kie.createTask fail_job fail_job fail_job");
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: repeats what ran out of time or found the queue full") {
  for (const auto trouble : {ec::timed_out, ec::overloaded}) {
    db.trouble = trouble;
    db.out_of_reach = "all";
    db.failures_left = 1;
    run(ready_job());
    advance(1s);
    CHECK_FALSE(ended);
  }
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: dies of what the database refuses: repeating would not help") {
  db.trouble = ec::rejected;
  db.out_of_reach = "record_prompt";
  db.failures_left = 1;
  run(fresh_job());
  CHECK(log.text() == "write_prompt record_prompt");
  CHECK(reason == ec::rejected);
}

// ── the lease is gone ────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: ends quietly at whatever step it hears that its lease is lost") {
  for (const auto& commit : commits) {
    CAPTURE(commit);
    log.clear();
    db.lease_lost_at = commit;
    run(fresh_job());
    advance(1min);
    const auto home = commit == "record_task" ? " adopt_task release_jobs" : " release_jobs";
    CHECK(log.text() == until(whole_way, commit) + home);
    CHECK(db.last<store::release_jobs>().jobs == std::vector{job});
    CHECK(db.last<store::release_jobs>().node == node);
    CHECK(ended_well());
  }
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: changes nothing of a failed attempt whose lease is lost") {
  web.says("kie.createTask", {refused(500, "Internal Error")});
  db.lease_lost_at = "retry_job";
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask retry_job release_jobs");
  CHECK(ended_well());
  log.clear();
  web.says("kie.createTask", {refused(500, "flagged by moderation")});
  db.lease_lost_at = "fail_job";
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask fail_job release_jobs");
  CHECK(ended_well());
}

// ── drain ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(
  outage_fixture,
  "generation: drains at once while it waits for a prompt, a poll, a callback or budget") {
  SUBCASE("an upload") {
    web.answers.hold("kie.upload");
    public_url.clear();
    run(ready_job());
  }
  SUBCASE("a look") {
    run(begun_job(0s));
  }
  SUBCASE("an answer of KIE") {
    web.answers.hold("kie.recordInfo");
    run(begun_job());
    advance(5s);
  }
  SUBCASE("a download") {
    web.answers.hold("video.download");
    run(begun_job());
    advance(5s);
  }
  SUBCASE("an orphan's callback") {
    web.says("kie.createTask", {failed(http::outcome::interrupted)});
    run(ready_job());
  }
  SUBCASE("budget") {
    store::intent_outcome later;
    later.outcome = store::intent_outcome::verdict::wait;
    later.wait = 10s;
    db.intents = {later};
    run(ready_job());
  }
  SUBCASE("a database out of reach") {
    db.out_of_reach = "record_prompt";
    db.failures_left = 1000;
    run(fresh_job());
  }
  CHECK_FALSE(ended);
  drain();
  CHECK(ended_well());
  CHECK(counts.jobs_ended("released").value() == 1);
  const auto so_far = log.text();
  advance(1h);
  CHECK(log.text() == so_far);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: one that drains finishes a creation and saves its task first") {
  web.answers.hold("kie.createTask");
  run(ready_job());
  drain();
  CHECK_FALSE(ended);
  web.release();
  settle();
  CHECK(log.text() == "link_file record_intent kie.createTask record_task");
  CHECK(db.last<store::record_task>().task.value == "task-1");
  CHECK(ended_well());
  CHECK(counts.jobs_ended("released").value() == 1);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: one that drains saves a created task even through an outage") {
  web.answers.hold("kie.createTask");
  db.out_of_reach = "record_task";
  db.failures_left = 3;
  run(ready_job());
  drain();
  web.release();
  advance(1s);
  CHECK_FALSE(ended);
  advance(4s);
  CHECK(log.count("record_task") == 4);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: one that drains settles a creation that was refused") {
  web.answers.hold("kie.createTask");
  web.says("kie.createTask", {refused(429, "Rate limit exceeded")});
  run(ready_job());
  drain();
  web.release();
  settle();
  CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key retry_job");
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(
  outage_fixture,
  "generation: one that drains leaves a creation in doubt to the next worker's grace") {
  web.answers.hold("kie.createTask");
  web.says("kie.createTask", {failed(http::outcome::interrupted)});
  run(ready_job());
  drain();
  web.release();
  settle();
  CHECK(log.text() == "link_file record_intent kie.createTask");
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: one that drains withdraws an intent it has not used") {
  db.answers.hold("record_intent");
  run(ready_job());
  drain();
  CHECK_FALSE(ended);
  db.release();
  settle();
  CHECK(log.text() == "link_file record_intent retry_job");
  CHECK(db.last<store::retry_job>().delay == 0s);
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  CHECK_FALSE(db.last<store::retry_job>().tell_user);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: one that drains hears what becomes of the video it has stored") {
  db.answers.hold("complete_job");
  run(begun_job());
  advance(5s);
  drain();
  CHECK_FALSE(ended);
  db.release();
  settle();
  CHECK(ended_well());
  CHECK(counts.jobs_ended("completed").value() == 1);
}

TEST_CASE_FIXTURE(outage_fixture,
                  "generation: one that drains takes no further step after the one under way") {
  db.answers.hold("record_prompt");
  run(fresh_job());
  drain();
  db.release();
  settle();
  CHECK(log.text() == "write_prompt record_prompt");
  CHECK(ended_well());
}

TEST_SUITE_END();
