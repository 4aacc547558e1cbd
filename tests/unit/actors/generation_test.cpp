#include "tests/support/worker_fixture.hpp"

#include <caf/event_based_actor.hpp>

#include <malloc.h>

// The way of one job from step to step, and where it goes on after a restart.

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/actors/generation");

TEST_CASE_FIXTURE(generation_fixture, "generation: saves each step before it takes the next") {
  run(fresh_job());
  CHECK(log.text()
        == "write_prompt record_prompt link_file record_intent kie.createTask record_task");
  advance(17s);
  CHECK(log.text()
        == "write_prompt record_prompt link_file record_intent kie.createTask record_task "
           "kie.recordInfo video.download put_file complete_job");
  CHECK(ended_well());
  CHECK(counts.jobs_ended("completed").value() == 1);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: a token begins with the time, in the form Runware wants of it") {
  using namespace std::chrono;
  const auto now = [] {
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  };
  const auto before = now();
  run(fresh_job());
  advance(17s);
  const auto token = db.last<store::record_intent>().token;
  const auto led_by = std::stoll(token.substr(0, 8) + token.substr(9, 4), nullptr, 16);
  CHECK(led_by >= before);
  CHECK(led_by <= now());
  CHECK(token[14] == '4');
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: names job, node and what it saves in every commit") {
  run(fresh_job());
  advance(17s);
  const auto& prompt = db.last<store::record_prompt>();
  CHECK(prompt.job == job);
  CHECK(prompt.node == node);
  CHECK(prompt.prompt == written);
  CHECK(prompt.source == prompt_source::openai);
  CHECK(prompt.narration == narration);
  const auto& intent = db.last<store::record_intent>();
  CHECK(intent.models == std::vector<std::string>{"sora", "kling"});
  CHECK(intent.accounts.size() == 1);
  const auto& task = db.last<store::record_task>();
  CHECK(task.node == node);
  CHECK(task.task.value == "task-1");
  const auto& done = db.last<store::complete_job>();
  CHECK(done.video.value == "videos/" + to_string(job) + ".mp4");
  CHECK(done.video_bytes == 1'000'000);
}

TEST_CASE_FIXTURE(
  generation_fixture,
  "generation: tells the history of its job: way of the photo, polls, age of the result") {
  auto job_before = fresh_job();
  job_before.polls = 5; // of the node that had it before
  SUBCASE("by a link") {
    run(job_before);
    CHECK(db.last<store::record_intent>().photo == "link");
  }
  SUBCASE("by an upload") {
    public_url.clear();
    run(job_before);
    CHECK(db.last<store::record_intent>().photo == "upload");
  }
  CHECK(db.last<store::record_task>().polls == 5);
  advance(17s);
  CHECK(db.last<store::complete_job>().polls == 6);
  CHECK(db.last<store::complete_job>().result_age >= 0ms);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: creates with the granted key, the photo and a callback") {
  db.granted.key = key_fingerprint{second_key};
  run(fresh_job());
  const auto made = web.of("kie.createTask");
  REQUIRE(made.size() == 1);
  CHECK(made[0].bearer.reveal() == std::string{"secret-"} + second_key);
  CHECK(made[0].body.find(photo_link) != std::string::npos);
  CHECK(made[0].body.find(written) != std::string::npos);
  const auto callback = "https://bot.example/kie/callback/" + db.last<store::record_intent>().token;
  CHECK(made[0].body.find(callback) != std::string::npos);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: uploads the photo when KIE cannot fetch it from us") {
  public_url.clear();
  run(fresh_job());
  CHECK(
    log.text()
    == "write_prompt record_prompt open_file kie.upload record_intent kie.createTask record_task");
  const auto body = web.of("kie.createTask").at(0).body;
  CHECK(body.find("https://kie.example/up/1.jpg") != std::string::npos);
  CHECK(body.find("callBackUrl") == std::string::npos);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: uploads the photo when storage has no link for it") {
  photo_link.clear();
  run(fresh_job());
  CHECK(log.count("kie.upload") == 1);
  CHECK(web.of("kie.createTask").at(0).body.find("https://kie.example/up/1.jpg")
        != std::string::npos);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: saves the prompt as KIE gets it, cut to the model's limit") {
  db.granted.model = "kling"; // takes 20 characters
  run(fresh_job());
  CHECK(log.text()
        == "write_prompt record_prompt link_file record_intent record_prompt kie.createTask "
           "record_task");
  const auto saved = db.last<store::record_prompt>().prompt;
  CHECK(saved.size() <= 20);
  CHECK(web.of("kie.createTask").at(0).body.find("\"" + saved + "\"") != std::string::npos);
}

// ── resuming ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(generation_fixture, "generation: does not write a prompt twice") {
  auto claimed = fresh_job();
  claimed.prompt = "A prompt of an earlier life.";
  run(claimed);
  CHECK(log.text() == "link_file record_intent kie.createTask record_task");
  CHECK(web.of("kie.createTask").at(0).body.find(claimed.prompt) != std::string::npos);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: goes on watching a task with its key and creates none") {
  run(begun_job());
  advance(5s);
  CHECK(log.text() == "kie.recordInfo video.download put_file complete_job");
  CHECK(keys_asked.at(0).value == second_key);
  CHECK(web.of("kie.recordInfo").at(0).url.find("task-0") != std::string::npos);
  CHECK(web.of("kie.recordInfo").at(0).bearer.reveal() == std::string{"secret-"} + second_key);
}

TEST_CASE_FIXTURE(
  generation_fixture,
  "generation: polls a new task not before its first interval, also after a restart") {
  run(begun_job(5s));
  advance(9s);
  CHECK(log.count("kie.recordInfo") == 0);
  advance(2s);
  CHECK(log.count("kie.recordInfo") == 1);
}

TEST_CASE_FIXTURE(
  generation_fixture,
  "generation: gives up half an hour after the task's creation, not after its own") {
  web.says("kie.recordInfo", {generating()});
  run(begun_job(29min));
  advance(59s);
  CHECK(log.count("retry_job") == 0);
  advance(3s);
  const auto& again = db.last<store::retry_job>();
  CHECK(again.reason.cls == failure_class::temporary);
  CHECK(again.uses_attempt);
  CHECK(again.tell_user);
  CHECK(again.task_may_finish);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: polls once more a task whose time was up while nobody polled") {
  run(begun_job(2h));
  advance(5s);
  CHECK(log.text() == "kie.recordInfo video.download put_file complete_job");
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: does not watch longer because the database's clock was set back") {
  web.says("kie.recordInfo", {generating()});
  run(begun_job(-2h));
  advance(30min + 1s);
  CHECK(log.count("retry_job") == 1);
}

// ── tasks in doubt ───────────────────────────────────────────────────────────────────────────────

// ── callbacks ────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: polls at once when KIE calls back about its task") {
  run(fresh_job());
  call_back("task-1");
  CHECK(log.count("complete_job") == 1);
  CHECK(ended_well());
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: does not poll when KIE calls back about an earlier task") {
  run(fresh_job());
  call_back("task-of-an-earlier-attempt");
  CHECK(log.count("kie.recordInfo") == 0);
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: polls at once when the callback overtook the answer of createTask") {
  web.answers.hold("kie.createTask");
  run(fresh_job());
  call_back("task-1");
  web.release();
  advance(100ms);
  CHECK(log.text()
        == "write_prompt record_prompt link_file record_intent kie.createTask record_task "
           "kie.recordInfo video.download put_file complete_job");
}

// ── memory ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: drops what only creation needed: a watched job costs at most 4 KB") {
  web.says("kie.recordInfo", {generating()});
  constexpr int jobs = 200;
  const auto shared = context();
  auto heavy = begun_job(0s);
  heavy.prompt = std::string(3000, 'p');
  heavy.product_text = std::string(3000, 't');
  heavy.extra_wishes = std::string(3000, 'w');
  heavy.user_prompt = std::string(3000, 'u');
  std::vector<generation_actor> watched;
  watched.reserve(jobs);
  sys.spawn([] {}); // whatever the first spawn allocates once
  settle();
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < jobs; ++i)
    watched.push_back(sys.spawn<generation_impl>(shared, node, heavy));
  settle();
  const auto per_job = (mallinfo2().uordblks - before) / jobs;
  CHECK(per_job < 4096); // about 4030, of which 440 are what the inspector knows of it
}

namespace {

/// The claims under which everything was written that has a claim.
std::set<int> claims_of(const fake_job_store& db) {
  std::set<int> result;
  for (const auto& request : db.asked)
    std::visit(
      [&](const auto& x) {
        if constexpr (requires { x.claim; })
          result.insert(x.claim);
        else if constexpr (requires { x.fault; })
          result.insert(x.claims.begin(), x.claims.end());
      },
      request);
  return result;
}

} // namespace

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: writes everything under the number of its claim") {
  auto claimed = fresh_job();
  claimed.claim = 5;
  std::string last = "complete_job";
  SUBCASE("to its video") {}
  SUBCASE("to a retry") {
    web.says("kie.createTask", {failed(http::outcome::not_sent)});
    last = "retry_job";
  }
  SUBCASE("to a failure of its task") {
    web.says("kie.recordInfo", {task_failed("400", "violates guardrails")});
    last = "fail_job";
  }
  SUBCASE("to the loss of its lease") {
    db.lease_lost_at = "complete_job";
    last = "release_jobs";
  }
  run(claimed);
  advance(1min);
  CHECK(ended_well());
  CHECK(log.count(last) == 1);
  CHECK(claims_of(db) == std::set{5});
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: that of a job whose worker died says when it was polled, once") {
  web.says("kie.recordInfo", {generating()});
  auto claimed = begun_job();
  claimed.claim = 5;
  SUBCASE("nobody died of it") {
    run(claimed);
    advance(1min);
    CHECK(log.count("record_task") == 0);
  }
  SUBCASE("somebody did") {
    claimed.rescues = 1;
    run(claimed);
    advance(1min);
    CHECK(log.count("record_task") == 1);
    CHECK(db.last<store::record_task>().task == claimed.task);
    CHECK(db.last<store::record_task>().claim == 5);
  }
  SUBCASE("its video is there already: that is no poll to rely on") {
    claimed.rescues = 2;
    web.says("kie.recordInfo", {success()});
    run(claimed);
    advance(100ms); // at once
    CHECK(log.text() == "kie.recordInfo video.download put_file complete_job");
  }
}

TEST_CASE_FIXTURE(
  generation_fixture,
  "generation: that of a suspect job waits for its orphan in the queue, not in the worker") {
  auto claimed = fresh_job();
  claimed.prompt = "A hand turns the mug.";
  claimed.claim = 5;
  claimed.intent_token = "token";
  claimed.intent_age = 20s;
  settings.orphan_grace = 2min;
  SUBCASE("one worker died of it: it waits here") {
    claimed.rescues = 1;
    run(claimed);
    CHECK_FALSE(ended);
  }
  SUBCASE("two did") {
    claimed.rescues = 2;
    run(claimed);
    CHECK(ended_well());
    CHECK(log.text() == "release_jobs");
    CHECK(db.last<store::release_jobs>().delay == 100s);
    CHECK_FALSE(db.last<store::release_jobs>().fault);
    CHECK(claims_of(db) == std::set{5});
  }
  SUBCASE("two did, and the grace is over") {
    claimed.rescues = 2;
    claimed.intent_age = 3min;
    run(claimed);
    advance(1s);
    CHECK(log.count("kie.createTask") == 1);
  }
}

TEST_CASE_FIXTURE(generation_fixture,
                  "generation: replaces a poller that dies: its task is polled on") {
  const auto all = agent;
  auto deaths = std::make_shared<int>(0);
  agent = own(sys.spawn([all, deaths](http_agent_actor::pointer self) {
    return http_agent_actor::behavior_type{
      [all, deaths, self](http::request& request) -> caf::result<http::response> {
        if (request.label == "kie.recordInfo" && (*deaths)++ == 0)
          self->send_exit(caf::actor_cast<caf::actor>(self->current_sender()),
                          caf::exit_reason::kill);
        return self->delegate(all, std::move(request));
      }};
  }));
  run(begun_job());
  advance(1min);
  CHECK(*deaths == 2);
  CHECK(log.count("complete_job") == 1);
  CHECK(ended_well());
}

TEST_SUITE_END();
