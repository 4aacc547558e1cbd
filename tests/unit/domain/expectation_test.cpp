#include "domain/expectation.hpp"

#include <doctest/doctest.h>

using namespace neurocards::expectation;

namespace {

std::vector<double> evenly(double from, double step, size_t count) {
  std::vector<double> result;
  for (size_t i = 0; i < count; ++i)
    result.push_back(from + step * static_cast<double>(i));
  return result;
}

/// `count` guesses of 100 to 200 s for jobs that took so long.
std::vector<guessed> guesses(size_t count, double took) {
  return {count, guessed{{100, 200}, took, true}};
}

doctest::Approx about(double value) {
  return doctest::Approx{value}.epsilon(0.001);
}

void add(std::vector<guessed>& to, const std::vector<guessed>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/expectation");

TEST_CASE("expectation: too few videos say nothing, too few guesses show nothing") {
  CHECK_FALSE(calibrate({evenly(100, 1, fewest - 1), 1, guesses(100, 150)}));
  const auto got = calibrate({evenly(101, 1, 100), 0.5, guesses(fewest - 1, 150)});
  REQUIRE(got);
  CHECK(got->made == range{110, 190}); // a tenth is below, a tenth above
  CHECK(got->rate == 0.5);
  CHECK_FALSE(got->holds);
}

TEST_CASE("expectation: ranges are no wider than what became of guesses") {
  const auto got = calibrate({evenly(101, 1, 100), 1, guesses(100, 150)});
  REQUIRE(got);
  CHECK(got->stretch == about(0.6)); // 3 min of 200 s: two and a half hold
  CHECK(got->holds);
  CHECK(shown(*got, {110, 190}) == minutes{2, 3});
  CHECK(shown(*got, {30, 30}) == minutes{0, 1});
  CHECK(shown(*got, {1, 30}) == minutes{0, 1});
}

TEST_CASE("expectation: ranges are stretched until nearly all would have hit") {
  // Guesses of 100-200 s. 92 held, 5 took twice as long as the longest, 3 thrice.
  auto history = guesses(92, 150);
  add(history, guesses(5, 400));
  add(history, guesses(3, 600));
  const auto got = calibrate({evenly(101, 1, 100), 1, history});
  REQUIRE(got);
  CHECK(got->stretch == about(1.8)); // of 200 s: 6 min hold 400 s
  CHECK(got->holds);
  CHECK(shown(*got, {120, 300}) == minutes{1, 10});
  // Those that ended too soon count as well.
  auto quick = guesses(92, 150);
  add(quick, guesses(8, 25));
  CHECK(calibrate({evenly(101, 1, 100), 1, quick})->stretch == about(100 / 60.0));
}

TEST_CASE("expectation: what has not ended counts once it is late") {
  const std::vector<guessed> late(30, guessed{{100, 200}, 300, false});
  const std::vector<guessed> under_way(30, guessed{{100, 200}, 199, false});
  auto history = late;
  add(history, under_way);
  add(history, guesses(170, 150));
  const auto got = calibrate({evenly(101, 1, 100), 1, history});
  REQUIRE(got);
  CHECK(got->stretch
        == about(1.2)); // of 200 s: 300 s have passed; a sixth of the 200 that say something
}

TEST_CASE("expectation: when the newest miss nothing is shown") {
  // Seven of a hundred may miss: the stretch forgives them, the newest forty do not.
  auto history = guesses(7, 1000);
  add(history, guesses(110, 150));
  const auto got = calibrate({evenly(101, 1, 100), 1, history});
  REQUIRE(got);
  CHECK(got->stretch == about(0.6));
  CHECK_FALSE(got->holds);
  CHECK_FALSE(shown(*got, {110, 190}));
}

TEST_CASE("expectation: the queue in front is part of a guess") {
  const outlook x{{60, 120}, 0.5, 1, true};
  CHECK(guess(x, 0, 1) == range{60, 120});
  CHECK(guess(x, 30, 1) == range{60 / 1.5 + 60, 60 * 1.5 + 120});
  CHECK(guess(x, 30, 3) == range{60 / 1.5 + 60, 64 * 1.5 + 120});
  const outlook still{{60, 120}, 0, 1, true};
  CHECK(guess(still, 0, 1) == range{60, 120});
  CHECK_FALSE(guess(still, 1, 1)); // nobody knows when it moves
}

TEST_CASE("expectation: it is kept as JSON, and what is no such is left out") {
  const outlook x{{60.5, 120}, 0.25, 1.5, true};
  CHECK(parse_outlook(to_json(x)) == x);
  for (const auto* text : {"", "[]", "{}", R"({"low":5,"high":4})", R"({"low":"1","high":2})"})
    CHECK_FALSE(parse_outlook(text));
  const auto got = parse_past(R"({"made": [1, null, -2, 3.5], "rate": 0.5, "model": "x", "guesses":
    [{"low": 1, "high": 2, "took": 3, "ended": true}, {"low": 2, "high": 1}, 7,
     {"low": 1, "high": 2, "took": 9, "ended": false}]})");
  CHECK(got.made == std::vector<double>{1, 3.5});
  CHECK(got.rate == 0.5);
  REQUIRE(got.guesses.size() == 2);
  CHECK(got.guesses[0].ended);
  CHECK(got.guesses[0].took == 3);
  CHECK_FALSE(got.guesses[1].ended);
  CHECK(parse_past("nonsense").made.empty());
}

TEST_SUITE_END();
