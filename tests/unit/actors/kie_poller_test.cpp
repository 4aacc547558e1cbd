#include "tests/unit/actors/poller_fixture.hpp"

#include <map>

using namespace neurocards;
using namespace neurocards::test;

namespace {

constexpr std::chrono::seconds watched_for{45};

/// How many polls each second has, once `tasks` have been polled at their rate for a while.
std::map<int64_t, size_t> polls_by_second(poller_fixture& f, int tasks) {
  f.polls.clear();
  const auto begin = f.now() - f.began;
  f.advance(watched_for);
  CHECK(static_cast<double>(f.polls.size())
        == doctest::Approx(watched_for.count() * tasks / 15.0).epsilon(0.1));
  std::map<int64_t, size_t> result;
  for (const auto time : f.polls)
    if (time < begin + watched_for) // of the last second there is a beginning only
      ++result[(time - begin) / 1s];
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/actors/kie_poller");

TEST_CASE_FIXTURE(
  poller_fixture,
  "kie_poller: polls first when it is told to, then every interval within a tenth") {
  web.says("kie.recordInfo", {generating()});
  watch(15s, 30min);
  advance(10min);
  REQUIRE(polls.size() > 30);
  CHECK(polls[0] >= 15s);
  CHECK(polls[0] <= 15s + timer_step);
  for (size_t i = 1; i < polls.size(); ++i) {
    CHECK(polls[i] - polls[i - 1] >= 13500ms);
    CHECK(polls[i] - polls[i - 1] <= 16500ms + timer_step);
  }
  CHECK(polls.size() < 45); // 10 min / 13.5 s
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: ten thousand poll at their rate, and jitter flattens their bursts") {
  agent = spawn_fake<http_agent_actor>(
    [](const http::request&) -> caf::result<http::response> { return generating(); });
  constexpr int tasks = 10'000;
  for (int i = 0; i < tasks; ++i)
    watch(15s + (i % 5) * 3s, 30min); // five crowds, each at one moment
  advance(15s + 12s + 30s);
  for (const auto& [second, count] : polls_by_second(*this, tasks)) {
    CAPTURE(second);
    CHECK(count <= 2 * tasks / 15);
  }
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: those taken over at once part after their first poll") {
  agent = spawn_fake<http_agent_actor>(
    [](const http::request&) -> caf::result<http::response> { return generating(); });
  constexpr int tasks = 3'000;
  for (int i = 0; i < tasks; ++i)
    watch(i % 2 * 1s, 30min, false, true);
  advance(2s);
  CHECK(polls.size() >= tasks); // soon
  advance(30s);
  for (const auto& [second, count] : polls_by_second(*this, tasks)) {
    CAPTURE(second);
    CHECK(count <= tasks / 15 * 3 / 2);
    CHECK(count >= tasks / 15 / 2);
  }
}

TEST_CASE_FIXTURE(poller_fixture, "kie_poller: keeps the interval when KIE answers slowly") {
  web.says("kie.recordInfo", {generating()});
  web.answers.hold("kie.recordInfo");
  watch(0s, 30min);
  advance(10s); // the answer takes ten seconds
  web.release();
  advance(7s);
  REQUIRE(polls.size() == 2);
  CHECK(polls[1] - polls[0] >= 13500ms);
  CHECK(polls[1] - polls[0] <= 16500ms + timer_step);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: tells its owner of success once, with the video, and ends") {
  web.says("kie.recordInfo", {generating(), success("https://files.example/2.mp4")});
  watch(15s, 30min);
  advance(1h);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::success);
  CHECK(told[0].task.value == "task-1");
  CHECK(told[0].video_url == "https://files.example/2.mp4");
  CHECK(polls.size() == 2);
}

TEST_CASE_FIXTURE(poller_fixture, "kie_poller: leaves KIE alone for as long as it wishes") {
  auto busy = answered(429, R"({"code":429,"msg":"too many requests"})");
  busy.retry_after = "60";
  web.says("kie.recordInfo", {busy, generating()});
  watch(0s, 30min);
  advance(59s);
  CHECK(polls.size() == 1);
  advance(2s);
  CHECK(polls.size() == 2);
}

TEST_CASE_FIXTURE(poller_fixture, "kie_poller: reports a failed task in KIE's words") {
  web.says("kie.recordInfo", {task_failed("500", "Internal Error, Please try again later.")});
  watch(0s, 30min);
  advance(1s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::failure);
  CHECK(told[0].fail_code == "500");
  CHECK(told[0].fail_message == "Internal Error, Please try again later.");
}

TEST_CASE_FIXTURE(poller_fixture, "kie_poller: reports a success without a video as such") {
  web.says("kie.recordInfo",
           {answered(200, R"({"code":200,"data":{"state":"success","resultJson":""}})")});
  watch(0s, 30min);
  advance(1min);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::without_result);
  CHECK(polls.size() == 5);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: asks again a moment later when an answer contradicts itself") {
  // Filled by the time of the second look, 0.8 s later or so.
  const std::vector<const char*> halves = {
    R"("state":"success")",
    R"("state":"success","resultJson":"")",
    R"("state":"success","resultJson":null)",
    R"("state":"success","resultJson":"{\"resultUrls\":[]}")",
    R"("state":"success","resultJson":"{\"resultUrls\":[\"ht")",
    R"("state":"success","resultJson":"{\"resultUrls\":[null]}")",
    R"("state":"success","resultJson":"{\"resultUrls\":[\"pending\"]}")",
    R"("state":"fail")",
    R"("state":"fail","failCode":null,"failMsg":"")",
    R"("state":"fail","failCode":"200","failMsg":"")",
    R"("state":"fail","failCode":"500","failMsg":"x","resultJson":"{\"resultUrls\":[\"https://f.example/0\"]}")",
    R"("state":"generating","failCode":"500","failMsg":"internal error")",
    R"("state":"")",
    R"("state":"finalizing")",
    R"("state":null)",
  };
  for (const char* half : halves) {
    CAPTURE(half);
    told.clear();
    web.says("kie.recordInfo",
             {answered(200, R"({"code":200,"data":{)" + std::string{half} + "}}"), success()});
    watch(0s, 30min);
    advance(20s);
    REQUIRE(told.size() == 1);
    CHECK(told[0].ending == task_ended::outcome::success);
  }
}

TEST_CASE_FIXTURE(poller_fixture, "kie_poller: polls within seconds what was filled since") {
  web.says(
    "kie.recordInfo",
    {answered(200, R"({"code":200,"data":{"state":"success","resultJson":""}})"), success()});
  watch(0s, 30min);
  advance(2s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::success);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: polls on through outages, refusals and states it does not know") {
  web.says("kie.recordInfo",
           {failed(http::outcome::not_sent), failed(http::outcome::interrupted),
            answered(502, "<html>"), refused(429, "Too many requests"),
            refused(401, "Unauthorized"),
            answered(200, R"({"code":200,"data":{"state":"dreaming"}})"), success()});
  watch(15s, 30min);
  advance(2min);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::success);
  CHECK(polls.size() == 7);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: polls at once when it is woken, and goes on from there") {
  web.says("kie.recordInfo", {generating()});
  const auto poller = watch(15s, 30min);
  advance(3s);
  wake(poller);
  REQUIRE(polls.size() == 1);
  CHECK(polls[0] == 3s);
  advance(13s);
  CHECK(polls.size() == 1); // the poll planned for the 15th second is off
  advance(4s);
  CHECK(polls.size() == 2);
}

TEST_CASE_FIXTURE(
  poller_fixture,
  "kie_poller: one that is woken during a poll polls once more, whose answer counts") {
  web.says("kie.recordInfo", {generating(), success()});
  web.answers.hold("kie.recordInfo");
  const auto poller = watch(0s, 30min);
  advance(1s);
  wake(poller);
  wake(poller);
  CHECK(polls.size() == 1);
  web.release();
  settle();
  CHECK(polls.size() == 2);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::success);
}

TEST_CASE_FIXTURE(poller_fixture, "kie_poller: waits for its key's turn") {
  web.says("kie.recordInfo", {success()});
  turn_wait = 700ms;
  watch(0s, 30min);
  advance(600ms);
  CHECK(log.count("kie.recordInfo") == 0);
  advance(200ms);
  CHECK(log.count("kie.recordInfo") == 1);
}

TEST_CASE_FIXTURE(
  poller_fixture,
  "kie_poller: asks with the other keys for a task whose own has left, each in turn") {
  stand_ins = 3;
  web.says("kie.recordInfo", {refused(401, "Unauthorized"), unknown_task(), generating()});
  watch(0s, 30min);
  advance(1s);
  CHECK(log.count("kie.recordInfo") == 3);
  advance(16s); // and stays with the one that sees the task
  REQUIRE(log.count("kie.recordInfo") == 4);
  const auto asked = web.of("kie.recordInfo");
  CHECK(asked[1].bearer.reveal() == "stand-in 1");
  CHECK(asked[2].bearer.reveal() == "stand-in 2");
  CHECK(asked[3].bearer.reveal() == "stand-in 2");
}

TEST_CASE_FIXTURE(
  poller_fixture,
  "kie_poller: believes keys of other accounts only at the end that a task is unknown") {
  stand_ins = 2;
  web.says("kie.recordInfo", {unknown_task()});
  watch(0s, 10min);
  advance(10min - 1s);
  CHECK(told.empty());
  CHECK(polls.size() < 100); // twice an interval
  advance(2s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ending == task_ended::outcome::vanished);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: one without any key asks KIE nothing and waits for one") {
  web.says("kie.recordInfo", {success()});
  key_value = secret{};
  watch(0s, 30min);
  advance(1min);
  CHECK(log.text() == "");
  key_value = secret{"found"};
  advance(20s);
  CHECK(told.size() == 1);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: ends with its owner, neither keeps the other alive") {
  web.says("kie.recordInfo", {generating()});
  auto config = std::make_shared<poller_config>(poller_config{
    kie::service(kie::api{"https://kie.example", "https://up.example", 60s}), counts, 15s});
  auto alone = sys.spawn([]() -> task_owner_actor::behavior_type {
    return {[](task_ended) {}, [](task_polled) {}};
  });
  const auto known = caf::actor_cast<caf::weak_actor_ptr>(alone);
  auto poller = sys.spawn<kie_poller_impl>(
    config, watched_task{task_id{"task-1"}, key_fingerprint{"k"}, 15s, 30min}, agent, keys, alone);
  advance(20s);
  CHECK(polls.size() == 1);
  alone = nullptr;
  settle();
  CHECK(!caf::actor_cast<caf::strong_actor_ptr>(known));
  poller = nullptr;
  advance(1min);
  CHECK(polls.size() == 1);
}

TEST_CASE_FIXTURE(poller_fixture,
                  "kie_poller: tells of its first poll once, and only if asked to") {
  web.says("kie.recordInfo", {failed(http::outcome::not_sent), generating()});
  watch(0s, 30min);
  advance(1min);
  CHECK(polls_told == 0);
  web.says("kie.recordInfo", {failed(http::outcome::not_sent), generating()});
  watch(0s, 30min, true);
  settle();
  CHECK(polls_told == 0); // KIE has said nothing of the task
  advance(2min);
  CHECK(polls_told == 1);
}

TEST_CASE_FIXTURE(
  poller_fixture,
  "kie_poller: says how often KIE was asked, after every twenty polls and at its end") {
  web.says("kie.recordInfo", {generating()});
  watch(0s, 30min);
  advance(4min); // 15 s each, with jitter
  CHECK(polls_told == 0);
  advance(5min);
  CHECK(polls_told == 1);
  CHECK(polls_known == 20);
  advance(40min);
  REQUIRE(told.size() == 1);
  CHECK(told[0].polls == static_cast<int>(polls.size()));
  CHECK(polls_told == (told[0].polls - 1) / 20);
}

TEST_SUITE_END();
