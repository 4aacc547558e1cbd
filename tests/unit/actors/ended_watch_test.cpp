#include "actors/ended_watch.hpp"

#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace neurocards;
using namespace neurocards::test;

namespace {

const std::string job = "01234567-89ab-cdef-0123-456789abcdef";

/// A job's end as the database tells it.
std::string ended_news(const std::string& fields) {
  return R"({"jobs": [{"id": ")" + job + R"(", )" + fields + "}]}";
}

/// A history with a delivery that ended then; empty: it has not yet.
std::string history(const std::string& delivered) {
  return R"({"id": ")" + job + R"(", "status": "completed", "created_at": 10, "finished_at": 20,
    "tries": [], "stages": [{"stage": "deliver", "start": 20, "end": )"
         + (delivered.empty() ? "null" : delivered) + "}]}";
}

struct watch_fixture : actor_fixture {
  std::deque<std::string> news; // told next; empty: nothing
  int asked = 0;
  std::string history_now = history("21");
  std::vector<http::request> sent;
  http::response collector_says = [] {
    http::response result;
    result.outcome = http::outcome::answered;
    result.status = 200;
    return result;
  }();
  metrics counts{sys};
  ended_store_actor store = spawn_fake<ended_store_actor>(
    [this](const store::take_ended&) {
      ++asked;
      store::ended_json result{"{}"};
      if (!news.empty()) {
        result.text = news.front();
        news.pop_front();
      }
      return result;
    },
    [this](const store::show_job&) { return store::job_json{history_now}; });
  http_agent_actor collector = spawn_fake<http_agent_actor>([this](const http::request& x) {
    sent.push_back(x);
    return collector_says;
  });

  void start(const std::string& endpoint) {
    spawn<ended_watch_impl>(trace_config{endpoint, "w-1", "1.0"}, store, collector, counts);
  }
};

/// How many a histogram has seen.
int64_t seen(const durations::histogram& x) {
  int64_t result = 0;
  for (const auto& bucket : x.buckets())
    result += bucket.count.value();
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/actors/ended_watch");

TEST_CASE_FIXTURE(watch_fixture,
                  "ended_watch: counts each ending once, by outcome, class and kind") {
  news = {ended_news(R"("completed": true, "took": 60000, "stages": {"wait": 500})"),
          ended_news(R"("completed": false, "took": 1000, "class": "USER_VIOLATION")"),
          R"({"credits": {"refund": {"times": 1, "amount": 1},
                          "purchase": {"times": 2, "amount": 15}}})"};
  start("");
  CHECK(asked == 0);
  advance(10s);
  CHECK(asked >= 4);
  CHECK(seen(counts.times().job(true)) == 1);
  CHECK(counts.times().job(true).sum() == doctest::Approx(60));
  CHECK(seen(counts.times().job(false)) == 1);
  CHECK(seen(counts.times().job_stage(job_stage::wait)) == 1);
  CHECK(seen(counts.times().job_stage(job_stage::render)) == 0);
  CHECK(counts.job_failures("USER_VIOLATION").value() == 1);
  CHECK(counts.job_failures("UNKNOWN").value() == 0);
  CHECK(counts.refunds().value() == 1);
  CHECK(counts.credits("purchase").value() == 15);
  CHECK(sent.empty()); // no collector was named
}

TEST_CASE_FIXTURE(watch_fixture,
                  "ended_watch: asks less often while nothing ends, and as often as before then") {
  start("");
  advance(20s);
  asked = 0;
  advance(60s);
  CHECK(asked >= 11);
  CHECK(asked <= 13);
  news = {ended_news(R"("completed": true, "took": 1)")};
  advance(6s);
  CHECK(seen(counts.times().job(true)) == 1);
  asked = 0;
  advance(8s);
  CHECK(asked >= 3);
}

TEST_CASE_FIXTURE(watch_fixture, "ended_watch: sends a trace once the video is delivered") {
  history_now = history("");
  news = {ended_news(R"("completed": true, "took": 1)")};
  start("http://collector:4318");
  advance(10s);
  CHECK(sent.empty());
  history_now = history("27");
  advance(6s);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://collector:4318/v1/traces");
  CHECK(sent[0].method == "POST");
  CHECK(sent[0].body.find("0123456789abcdef0123456789abcdef") != std::string::npos);
  CHECK(counts.trace_exports("sent").value() == 1);
}

TEST_CASE_FIXTURE(watch_fixture,
                  "ended_watch: a video that is not delivered delays its trace a minute") {
  history_now = history("");
  news = {ended_news(R"("completed": true, "took": 1)")};
  start("http://collector:4318");
  advance(50s);
  CHECK(sent.empty());
  advance(30s);
  CHECK(sent.size() == 1);
}

TEST_CASE_FIXTURE(watch_fixture, "ended_watch: a collector that is away costs a count") {
  collector_says = {};
  news = {ended_news(R"("completed": false, "took": 1)"),
          ended_news(R"("completed": false, "took": 1)")};
  start("http://collector:4318");
  advance(10s);
  CHECK(sent.size() == 2); // and not again
  CHECK(counts.trace_exports("failed").value() == 2);
  CHECK(seen(counts.times().job(false)) == 2);
}

TEST_SUITE_END();
