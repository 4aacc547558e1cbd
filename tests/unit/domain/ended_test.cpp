#include "domain/ended.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/domain/ended");

TEST_CASE("ended: jobs are read with their class and what they took") {
  const auto news = ended::parse(R"({
    "jobs": [
      {"id": "01234567-89ab-cdef-0123-456789abcdef", "completed": true, "class": "TEMPORARY",
       "took": 61000, "stages": {"wait": 1000, "render": 58000, "photo": null, "later": 5}},
      {"id": "11234567-89ab-cdef-0123-456789abcdef", "completed": false, "class": "OUTAGE",
       "took": -3, "stages": {"wait": -8}}],
    "credits": {"refund": {"times": 2, "amount": 2}, "purchase": {"times": 1, "amount": 30}}})");
  REQUIRE(news);
  REQUIRE(news->jobs.size() == 2);
  const auto& done = news->jobs[0];
  CHECK(to_string(done.id) == "01234567-89ab-cdef-0123-456789abcdef");
  CHECK(done.completed);
  CHECK(done.cls.empty()); // of an attempt that failed before
  CHECK(done.took == 61s);
  CHECK(done.stages[static_cast<size_t>(job_stage::wait)] == 1s);
  CHECK(done.stages[static_cast<size_t>(job_stage::render)] == 58s);
  CHECK_FALSE(done.stages[static_cast<size_t>(job_stage::photo)].has_value());
  const auto& failed = news->jobs[1];
  CHECK_FALSE(failed.completed);
  CHECK(failed.cls == "OUTAGE");
  CHECK(failed.took == 0s); // a clock was set back
  CHECK(failed.stages[static_cast<size_t>(job_stage::wait)] == 0s);
  CHECK(news->credits.at("refund").times == 2);
  CHECK(news->credits.at("purchase").amount == 30);
}

TEST_CASE("ended: what cannot be understood is left out") {
  CHECK_FALSE(ended::parse("").has_value());
  CHECK_FALSE(ended::parse("[]").has_value());
  for (const auto* text : {"{}", R"({"jobs": 5, "credits": []})", R"({"jobs": [7, {"id": "x"}]})",
                           R"({"credits": {"refund": 1}})"}) {
    CAPTURE(text);
    const auto news = ended::parse(text);
    REQUIRE(news);
    CHECK(news->jobs.empty());
    CHECK(news->credits.empty());
  }
}

TEST_SUITE_END();
