#include "tests/support/worker_fixture.hpp"

// What becomes of a job when KIE refuses it or its task fails.

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct settle_fixture : generation_fixture {
  settle_fixture() {
    settings.backoff_initial = 20s;
    settings.key_cooldown = 1min;
    settings.billing_cooldown = 1h;
    settings.model_cooldown = 30min;
  }

  /// Runs an attempt whose creation KIE refuses.
  void refuse(int code, const std::string& words, int attempts = 1) {
    web.says("kie.createTask", {refused(code, words)});
    auto claimed = fresh_job();
    claimed.prompt = "A hand turns the mug.";
    claimed.attempts = attempts;
    log.clear();
    run(std::move(claimed));
  }

  /// Runs an attempt whose task fails.
  void fail_task(const std::string& code, const std::string& cause, int attempts = 1) {
    web.says("kie.recordInfo", {task_failed(code, cause)});
    auto resumed = begun_job();
    resumed.attempts = attempts;
    log.clear();
    run(std::move(resumed));
    advance(5s);
  }
};

} // namespace

// ── TEMPORARY ────────────────────────────────────────────────────────────────────────────────────

TEST_SUITE_BEGIN("unit/actors/generation_settle");

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: puts a job back after a temporary failure, with growing pauses") {
  refuse(500, "Internal Error, Please try again later.", 1);
  CHECK(log.text() == "link_file record_intent kie.createTask retry_job");
  auto again = db.last<store::retry_job>();
  CHECK(again.job == job);
  CHECK(again.node == node);
  CHECK(again.reason.cls == failure_class::temporary);
  CHECK(again.reason.raw_signal.find("Internal Error") != std::string::npos);
  CHECK(again.uses_attempt);
  CHECK(again.tell_user);
  CHECK(again.delay >= 18s);
  CHECK(again.delay <= 22s);
  CHECK(ended_well());
  CHECK(counts.jobs_ended("retried").value() == 1);

  refuse(500, "Internal Error, Please try again later.", 2);
  again = db.last<store::retry_job>();
  CHECK(again.delay >= 36s);
  CHECK(again.delay <= 44s);
}

TEST_CASE_FIXTURE(settle_fixture, "generation: fails a job with its third temporary failure") {
  refuse(503, "Service unavailable", 3);
  CHECK(log.text() == "link_file record_intent kie.createTask fail_job");
  CHECK(db.last<store::fail_job>().reason.cls == failure_class::temporary);
  CHECK(ended_well());
  CHECK(counts.jobs_ended("failed").value() == 1);
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: creates a new task after a failed one: failure is the end of it") {
  fail_task("500", "Internal Error, Please try again later.");
  CHECK(log.text() == "kie.recordInfo retry_job");
  CHECK(db.last<store::retry_job>().uses_attempt);
  CHECK_FALSE(db.last<store::retry_job>().task_may_finish);
  advance(10min);
  CHECK(log.text() == "kie.recordInfo retry_job");
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: retries after a task that KIE lost or that has no video") {
  web.says("kie.recordInfo", {unknown_task()});
  run(begun_job());
  advance(80s);
  CHECK(db.last<store::retry_job>().reason.error == "The provider does not know the task");
  web.says("kie.recordInfo",
           {answered(200, R"({"code":200,"data":{"state":"success","resultJson":null}})")});
  run(begun_job());
  advance(1min);
  CHECK(db.last<store::retry_job>().reason.error == "The provider succeeded without a video");
  CHECK(db.last<store::retry_job>().task_may_finish);
}

// ── RATE_LIMIT ───────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: cools a limited account down before another takes the job at once") {
  accounts.push_back({"cccccccccccccccc", {key_fingerprint{"cccccccccccccccc"}}});
  refuse(429, "Rate limit exceeded");
  CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key retry_job");
  const auto& cooldown = db.last<store::cool_down_key>();
  CHECK(cooldown.key.value == first_key);
  CHECK(cooldown.cooldown == 1min);
  CHECK(cooldown.whole_account); // KIE's limit is the account's
  CHECK(cooldown.account_keys.size() == 2);
  CHECK(cooling.size() == 2);
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::rate_limit);
  CHECK(db.last<store::retry_job>().delay == 0s);
  CHECK(db.last<store::retry_job>().uses_attempt);
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: backs off when no other account has a key that does not cool down") {
  refuse(429, "Too many requests"); // its second key is of the same account
  CHECK(db.last<store::retry_job>().delay >= 18s);
  accounts.push_back({"cccccccccccccccc", {key_fingerprint{"cccccccccccccccc"}}});
  cooling.insert(key_fingerprint{"cccccccccccccccc"});
  refuse(429, "Too many requests");
  CHECK(db.last<store::retry_job>().delay >= 18s);
}

TEST_CASE_FIXTURE(settle_fixture, "generation: fails a job that was limited three times") {
  refuse(429, "Rate limit exceeded", 3);
  CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key fail_job");
}

// ── BILLING ──────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(
  settle_fixture,
  "generation: cools an account without money down and uses no attempt, whatever the number") {
  for (const int code : {402, 500}) {
    refuse(code, "Credits insufficient : Your current balance isn't enough to run this request.",
           3);
    CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key retry_job");
    const auto& cooldown = db.last<store::cool_down_key>();
    CHECK(cooldown.whole_account);
    CHECK(cooldown.account_keys.size() == 2);
    CHECK(cooldown.cooldown == 1h);
    CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
    CHECK(db.last<store::retry_job>().reason.cls == failure_class::billing);
  }
}

TEST_CASE_FIXTURE(
  settle_fixture,
  "generation: goes on with another key of the account when one has spent its own") {
  refuse(433, "sub-key usage exceeds the limit", 3);
  CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key retry_job");
  CHECK(db.last<store::cool_down_key>().key.value == first_key);
  CHECK_FALSE(db.last<store::cool_down_key>().whole_account);
  CHECK(db.last<store::retry_job>().delay == 0s);
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
}

// ── KEY_REFUSED ──────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: cools a refused key down and goes on with the next, for free") {
  for (const int code : {401, 403}) {
    CAPTURE(code);
    cooling.clear();
    refuse(code, "You do not have access permissions", 3);
    CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key retry_job");
    CHECK(db.last<store::cool_down_key>().key.value == first_key);
    CHECK_FALSE(
      db.last<store::cool_down_key>().whole_account); // its account's other key may be good
    CHECK(db.last<store::cool_down_key>().cooldown == 1h);
    const auto& again = db.last<store::retry_job>();
    CHECK(again.reason.cls == failure_class::key_refused);
    CHECK(again.delay == 0s);
    CHECK_FALSE(again.uses_attempt);
    CHECK_FALSE(again.tell_user);
  }
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: lets a job wait for free when KIE has refused its last key") {
  cooling = {key_fingerprint{second_key}};
  refuse(401, "Unauthorized", 3);
  CHECK(log.text() == "link_file record_intent kie.createTask cool_down_key retry_job");
  CHECK(db.last<store::retry_job>().delay >= 18s);
  CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
  CHECK(db.last<store::retry_job>().tell_user); // the database tells him once
}

// ── a task's words ───────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: cools no key and no account down for what KIE says of a task") {
  for (const std::string words :
       {"Unauthorized", "Not enough credits", "Too many requests", "rate limit exceeded"}) {
    CAPTURE(words);
    fail_task("500", words);
    CHECK(log.text() == "kie.recordInfo retry_job");
    CHECK(db.last<store::retry_job>().uses_attempt); // or a user could have tasks paid for ever
    CHECK(db.last<store::retry_job>().delay >= 18s);
    CHECK(cooling.empty());
  }
  fail_task("402", "Payment required", 3);
  CHECK(log.text() == "kie.recordInfo fail_job");
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: reports a model for which only a task speaks with its user") {
  fail_task("500", "This interface is temporarily paused.");
  CHECK(log.text() == "kie.recordInfo cool_down_model retry_job");
  CHECK(db.last<store::cool_down_model>().model == "sora");
  CHECK(db.last<store::cool_down_model>().task_of == user_id{42}); // two users' tasks must say so
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
  CHECK(db.last<store::retry_job>().uses_attempt);
  CHECK(db.last<store::retry_job>().delay >= 18s);
  refuse(500, "This interface is temporarily paused.");
  CHECK_FALSE(db.last<store::cool_down_model>().task_of);
}

// ── MODEL_DOWN ───────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(
  settle_fixture,
  "generation: cools a paused model down and goes on with the next, silently and for free") {
  refuse(500, "This interface is temporarily paused.", 3);
  CHECK(log.text() == "link_file record_intent kie.createTask cool_down_model retry_job");
  CHECK(db.last<store::cool_down_model>().model == "sora");
  CHECK(db.last<store::cool_down_model>().cooldown == 30min);
  const auto& again = db.last<store::retry_job>();
  CHECK(again.reason.cls == failure_class::model_down);
  CHECK(again.delay == 0s);
  CHECK_FALSE(again.uses_attempt);
  CHECK_FALSE(again.tell_user);
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: lets a job wait for its model, for free, when there is no other") {
  settings.models.pop_back();
  for (const int attempts : {1, 3}) {
    refuse(500, "This interface is temporarily paused.", attempts);
    CHECK(log.text() == "link_file record_intent kie.createTask cool_down_model retry_job");
    CHECK_FALSE(db.last<store::retry_job>().uses_attempt);
    CHECK(db.last<store::retry_job>().tell_user); // the database tells him once
    CHECK(db.last<store::retry_job>().delay >= 18s);
  }
}

TEST_CASE_FIXTURE(settle_fixture, "generation: waits as long as KIE wishes") {
  accounts = {{first_key, {key_fingerprint{first_key}}}};
  auto busy = refused(429, "Too many requests");
  busy.retry_after = "300";
  web.says("kie.createTask", {busy});
  auto claimed = fresh_job();
  claimed.prompt = "A hand turns the mug.";
  run(std::move(claimed));
  CHECK(db.last<store::cool_down_key>().cooldown == 5min);
  CHECK(db.last<store::retry_job>().delay == 5min);
}

// ── USER_VIOLATION and UNKNOWN ───────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(settle_fixture, "generation: fails a violation with the first attempt") {
  refuse(500, "We currently do not support uploads of images containing photorealistic people.");
  CHECK(log.text() == "link_file record_intent kie.createTask fail_job");
  CHECK(db.last<store::fail_job>().reason.cls == failure_class::user_violation);
  fail_task(
    "501", "This content may violate our guardrails concerning similarity to third-party content.");
  CHECK(log.text() == "kie.recordInfo fail_job");
  CHECK(db.last<store::fail_job>().reason.cls == failure_class::user_violation);
  CHECK(db.last<store::fail_job>().reason.raw_signal.find("guardrails") != std::string::npos);
}

TEST_CASE_FIXTURE(
  settle_fixture,
  "generation: keeps what a user wrote, echoed by KIE, apart from error and signal") {
  const auto check = [&] {
    const auto told = db.last<store::fail_job>().reason;
    CHECK(told.raw_signal.find("Anna") != std::string::npos);
    CHECK(told.error.find("Anna") == std::string::npos);
    CHECK(told.signal == "422 policy");
  };
  refuse(422, "Anna's mug: this prompt violates our content policy");
  check();
  fail_task("422", "Anna's mug: this prompt violates our content policy");
  check();
  CHECK(db.last<store::fail_job>().reason.error == "task failed: 422 policy");
}

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: retries when KIE could not fetch a photo that we had checked") {
  refuse(400, "failed to fetch the image");
  CHECK(log.text()
        == "link_file record_intent kie.createTask open_file kie.upload record_intent "
           "kie.createTask retry_job");
  CHECK(db.last<store::retry_job>().reason.cls == failure_class::temporary);
}

TEST_CASE_FIXTURE(settle_fixture, "generation: fails what it does not understand") {
  refuse(422, "The moon is in the wrong house");
  CHECK(log.text() == "link_file record_intent kie.createTask fail_job");
  CHECK(db.last<store::fail_job>().reason.cls == failure_class::unknown);
}

// ── order ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(settle_fixture,
                  "generation: moves a job on only when the database has the rest of its key") {
  db.out_of_reach = "cool_down_key";
  db.failures_left = 3;
  refuse(429, "Rate limit exceeded");
  CHECK(log.count("retry_job") == 0);
  advance(3s);
  CHECK(log.count("cool_down_key") == 4);
  CHECK(log.count("retry_job") == 1);
}

TEST_SUITE_END();
