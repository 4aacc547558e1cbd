#include "tests/support/worker_fixture.hpp"

// From the photo to the saved task: what may go wrong before KIE has accepted a job.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct creation_fixture : generation_fixture {
  creation_fixture() {
    settings.orphan_grace = grace;
    web.says("kie.recordInfo", {generating()});
  }

  static constexpr caf::timespan grace = 2min;

  /// A job whose prompt is written already.
  claimed_job ready_job(int attempts = 1) {
    auto result = fresh_job();
    result.prompt = "A hand turns the mug.";
    result.attempts = attempts;
    return result;
  }

  store::intent_outcome told(store::intent_outcome::verdict outcome,
                             std::chrono::milliseconds wait) {
    store::intent_outcome result;
    result.outcome = outcome;
    result.wait = wait;
    return result;
  }
};

using verdict = store::intent_outcome::verdict;

} // namespace

// ── budget, keys, models ─────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/generation_create");

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: waits for budget and asks again with another token") {
  db.intents = {told(verdict::wait, 3s), told(verdict::wait, 2s)};
  run(ready_job());
  const auto first_token = db.last<store::record_intent>().token;
  advance(2900ms);
  CHECK(log.text() == "link_file record_intent");
  advance(200ms);
  CHECK(log.text() == "link_file record_intent record_intent");
  CHECK(db.last<store::record_intent>().token != first_token);
  advance(2100ms);
  CHECK(log.text()
        == "link_file record_intent record_intent record_intent kie.createTask record_task");
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: does not hammer the database when the wait is nothing") {
  db.intents.assign(1000, told(verdict::wait, 0ms));
  run(ready_job());
  advance(1s);
  CHECK(log.count("record_intent") <= 21);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: puts a job off while every key cools down, and no attempt is used") {
  db.intents = {told(verdict::no_key, 60s)};
  run(ready_job());
  CHECK(log.text() == "link_file record_intent retry_job");
  const auto& later = db.last<store::retry_job>();
  CHECK_FALSE(later.uses_attempt);
  CHECK(later.tell_user); // the database tells him once
  CHECK_FALSE(later.task_may_finish);
  CHECK(later.delay >= 54s);
  CHECK(later.delay <= 1min);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(
  creation_fixture,
  "generation: puts a job off while every model cools down, and no attempt is used") {
  db.intents = {told(verdict::no_model, 30min)};
  run(ready_job());
  CHECK(db.last<store::retry_job>().delay <= 1min); // an operator may bring it back any time
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  CHECK(db.last<store::retry_job>().reason.error == "every model cools down");
  CHECK(log.count("kie.createTask") == 0);
}

// ── answers of createTask ────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: keeps a task that came with a refusal's code: recordInfo decides") {
  web.says("kie.createTask", {created("task-7", 500)});
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask record_task");
  CHECK(db.last<store::record_task>().task.value == "task-7");
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: retries at once by the rules what was never sent") {
  web.says("kie.createTask", {failed(http::outcome::not_sent)});
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask retry_job");
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
  CHECK_FALSE(db.last<store::retry_job>().task_may_finish);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: loses no attempt to a creation that waited in our own line") {
  web.says("kie.createTask", {failed(http::outcome::not_started)});
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask retry_job");
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  CHECK_FALSE(db.last<store::retry_job>().task_may_finish);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: waits for an orphan's callback when the answer was lost") {
  settings.poll_interval = 2min; // it asks as often whether another node knows the task
  web.says("kie.createTask", {failed(http::outcome::interrupted)});
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask");
  advance(grace - 1s);
  CHECK(log.text() == "link_file record_intent kie.createTask");
  log.clear();
  advance(2s); // it asks for the last time, and creates anew within the attempt
  CHECK(log.text() == "record_intent record_intent kie.createTask");
  CHECK(counts.provider_calls("create_task", "in_doubt").value() == 2);
  CHECK(counts.orphans("given_up").value() == 1);
  log.clear();
  advance(grace + 1s);
  CHECK(log.text() == "record_intent retry_job");
  CHECK(db.last<store::retry_job>().uses_attempt);
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
  CHECK(db.last<store::retry_job>().task_may_finish); // its video would be a gift
  CHECK(counts.orphans("given_up").value() == 2);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: takes an answer of createTask that cannot be read for no verdict") {
  settings.poll_interval = 1h; // nobody asks in between, and no task is looked at
  const std::vector<http::response> unreadable = {
    answered(200, R"({"code":200,"msg":"succ)"),                  // cut off
    answered(200, ""),                                            //
    answered(200, R"({"code":200,"msg":"success","data":{}})"),   // no task id
    answered(200, R"({"code":200,"msg":"success","data":null})"), //
    answered(200, "<html>Welcome</html>"),                        //
    answered(500, "Internal Server Error"),                       //
    answered(502, "<html>Bad gateway</html>"),                    //
    failed(http::outcome::too_large),
  };
  for (const auto& answer : unreadable) {
    CAPTURE(answer.body);
    web.says("kie.createTask", {answer, created("task-2")});
    log.clear();
    run(ready_job(settings.max_attempts));
    const auto token = db.last<store::record_intent>().token;
    advance(grace + 1s);
    CHECK(log.text()
          == "link_file record_intent kie.createTask record_intent record_intent kie.createTask "
             "record_task");
    CHECK(db.last<store::record_intent>().token != token);
    CHECK(db.last<store::record_task>().task.value == "task-2");
  }
  for (const auto& answer : unreadable) { // whatever KIE answers, it is no UNKNOWN
    CAPTURE(answer.body);
    web.says("kie.createTask", {answer});
    log.clear();
    run(ready_job());
    advance(2 * grace + 2s);
    CHECK(log.count("fail_job") == 0);
    CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
    CHECK(db.last<store::retry_job>().uses_attempt);
  }
}

TEST_CASE_FIXTURE(
  creation_fixture,
  "generation: waits for an orphan as long as KIE's calls may take, if it can call") {
  settings.poll_interval = 1h; // nobody asks in between
  for (const auto& [address, wait] :
       {std::pair{std::string{"https://bot.example"}, caf::timespan{10min}},
        std::pair{std::string{}, caf::timespan{2min}}}) {
    CAPTURE(address);
    settings.orphan_grace.reset();
    public_url = address;
    web.says("kie.createTask", {failed(http::outcome::interrupted), created("task-2")});
    log.clear();
    run(ready_job());
    advance(wait - 1s);
    CHECK(log.count("kie.createTask") == 1);
    advance(2s);
    CHECK(log.count("kie.createTask") == 2);
  }
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: asks before it gives a task up whether another node heard of it") {
  web.says("kie.createTask", {failed(http::outcome::interrupted)});
  run(ready_job());
  const auto token = db.last<store::record_intent>().token;
  db.lease_lost_at = "record_intent"; // the row has a task by now
  advance(grace + 1s);
  CHECK(log.text() == "link_file record_intent kie.createTask record_intent release_jobs");
  CHECK(db.last<store::record_intent>().token == token);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: waits for an orphan after a gateway's error page, too") {
  settings.poll_interval = 2min;
  web.says("kie.createTask", {answered(502, "<html>Bad gateway</html>")});
  run(ready_job());
  advance(grace - 1s);
  CHECK(log.text() == "link_file record_intent kie.createTask");
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: takes the task that a callback brings after the answer was lost") {
  web.says("kie.createTask", {failed(http::outcome::interrupted)});
  run(ready_job());
  advance(10s);
  call_back("task-9");
  advance(1s);
  CHECK(log.text() == "link_file record_intent kie.createTask record_task kie.recordInfo");
  CHECK(web.of("kie.recordInfo").at(0).url.find("task-9") != std::string::npos);
  advance(10min);
  CHECK(log.count("kie.createTask") == 1);
  CHECK(log.count("retry_job") == 0);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: takes the task whose callback came before the answer was lost") {
  web.says("kie.createTask", {failed(http::outcome::interrupted)});
  web.answers.hold("kie.createTask");
  run(ready_job());
  call_back("task-9");
  web.release();
  advance(1s);
  CHECK(log.text() == "link_file record_intent kie.createTask record_task kie.recordInfo");
  advance(10min);
  CHECK(log.count("retry_job") == 0);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: gives the job back when a task it gave up came back meanwhile") {
  web.says("kie.createTask", {answered(500, R"({"code":500,"msg":"internal error"})")});
  web.answers.hold("kie.createTask");
  run(ready_job());
  call_back("task-of-the-last-attempt"); // the row has it
  web.release();
  advance(1s);
  CHECK(log.text() == "link_file record_intent kie.createTask release_jobs");
  CHECK(ended_well());
}

// ── somebody else has the job by now ─────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: brings a task home by its token when its job was taken over") {
  db.lease_lost_at = "record_task";
  run(ready_job());
  CHECK(log.text() == "link_file record_intent kie.createTask record_task adopt_task release_jobs");
  CHECK(db.last<store::adopt_task>().token == db.last<store::record_intent>().token);
  CHECK(db.last<store::adopt_task>().task.value == "task-1");
  CHECK(db.last<store::release_jobs>().jobs == std::vector{job});
  CHECK_FALSE(db.last<store::release_jobs>().fault);
  CHECK(ended_well());
}

// ── faults of our own ────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: dies of a fault of ours and leaves the job to its claimer") {
  no_prompt = caf::make_error(caf::sec::broken_promise);
  run(fresh_job());
  CHECK(log.text() == "write_prompt");
  CHECK(ended);
  CHECK(reason == caf::sec::broken_promise);
}

TEST_CASE_FIXTURE(creation_fixture,
                  "generation: does not create with a key or a model this node does not know") {
  missing_key = first_key;
  run(ready_job());
  CHECK(log.count("kie.createTask") == 0);
  CHECK(reason == ec::misconfigured);
  missing_key.clear();
  db.granted.model = "unheard-of";
  run(ready_job());
  CHECK(log.count("kie.createTask") == 0);
  CHECK(reason == ec::misconfigured);
}

TEST_SUITE_END();
