#include "bench/simulation/installation.hpp"
#include "tests/unit/domain/talk.hpp"

#include <doctest/doctest.h>

// The simulation of bench/simulation on cases whose answers are known without it.

using namespace neurocards;
using namespace neurocards::simulation;
using namespace std::chrono_literals;
using doctest::Approx;

namespace {

/// One account and so many bots that they bind nothing; orders of one video, evenly. What is
/// counted is the second half of an hour.
conditions even_hours(double videos_per_second) {
  conditions result;
  result.people.videos_per_second = videos_per_second;
  result.people.day = even_day;
  result.people.videos = {{{1, 1.0}, {3, 0.0}, {5, 0.0}}};
  result.people.thinks = 1s;
  result.services.failing_tasks = 0;
  result.services.task_spread = 0.01;
  result.services.task_median = 300;
  result.equipment.bots = 10;
  result.equipment.refreshes = false;
  result.from_hour = 0;
  result.hours = 1;
  result.measured_from = 0.5;
  result.measured_to = 1;
  return result;
}

figures lived(const conditions& given) {
  return installation{given}.run();
}

} // namespace

TEST_SUITE_BEGIN("unit/bench/simulation");

TEST_CASE("simulation: a saturated account makes as many tasks as its budget, and no more") {
  const auto x = lived(even_hours(2.5));
  // 18 in 10 s; slots of a quarter second lose 2.5 % of it at most, claims every two seconds
  // others.
  CHECK(x.creations_per_second <= 1.8);
  CHECK(x.creations_per_second >= 1.8 * 0.95);
  CHECK(x.counts.refused_creations == 0);
  CHECK(x.binds() == resource::creations);
}

TEST_CASE("simulation: two accounts make twice as many") {
  auto given = even_hours(4.5);
  given.equipment.accounts = 2;
  const auto x = lived(given);
  CHECK(x.creations_per_second <= 3.6);
  CHECK(x.creations_per_second >= 3.6 * 0.95);
}

TEST_CASE("simulation: tasks under way are their rate times their length") {
  const auto x = lived(even_hours(1.3));
  CHECK(x.jobs_per_hour == Approx(1.3 * 3'600).epsilon(0.05));
  // By Little's law, and each is polled once in an interval.
  CHECK(x.polls_per_second == Approx(x.jobs_per_hour / 3'600 * 300 / 15).epsilon(0.03));
}

TEST_CASE("simulation: polls wait for the turn of their key as M/D/1 says") {
  const auto x = lived(even_hours(1.3));
  const double service = 0.11;                               // of the key, for each
  const double load = x.polls_per_second / 4 * service;      // of four keys
  const double expected = load * service / (2 * (1 - load)); // Pollaczek and Khinchine
  CHECK(load > 0.6);
  CHECK(x.counts.poll_delay.mean() == Approx(expected).epsilon(0.15));
  CHECK(x.counts.refused_polls == 0);
}

TEST_CASE("simulation: a saturated bot sends as much as Telegram allows, less the reserve") {
  auto given = even_hours(10);
  given.equipment.bots = 1;
  given.equipment.accounts = 20;
  given.people.thinks = 10s;
  const auto x = lived(given);
  CHECK(x.messages_per_second == Approx(30 * 0.994).epsilon(0.002));
  CHECK(x.binds() == resource::messages);
}

TEST_CASE("simulation: scripts are written at most so many at once") {
  auto given = even_hours(1.5);
  given.openai.concurrency = 4;
  const auto x = lived(given);
  CHECK(x.counts.script_seconds / 1'800 == Approx(4).epsilon(0.03));
  CHECK(x.creations_per_second == Approx(1).epsilon(0.03)); // four seconds each
  CHECK(x.binds() == resource::scripts);
}

TEST_CASE("simulation: what a worker may hold bounds what it makes") {
  auto given = even_hours(0.4);
  given.worker.concurrency = 60;
  given.services.task_spread = 0.2; // 306 s on average
  given.hours = 4;
  given.measured_from = 1;
  given.measured_to = 4;
  const auto x = lived(given);
  CHECK(x.counts.most_on_a_node == 60);
  // 4 s for the script, 0.5 s for the creation, the task, half a poll's interval, 3 s to keep it.
  CHECK(x.jobs_per_hour == Approx(60 * 3'600 / (4 + 0.5 + 306 + 7.5 + 3)).epsilon(0.03));
  CHECK(x.binds() == resource::places);
}

TEST_CASE("simulation: a job whose tasks fail is tried three times") {
  auto given = even_hours(0.2);
  given.services.failing_tasks = 1;
  const auto x = lived(given);
  CHECK(x.counts.completed == 0);
  CHECK(static_cast<double>(x.counts.created)
        == Approx(3.0 * static_cast<double>(x.counts.failed)).epsilon(0.05));
}

TEST_CASE("simulation: several workers stay within what the provider allows") {
  auto given = even_hours(1.6);
  given.equipment.nodes = 3;
  given.equipment.keys_per_account = 6;
  const auto x = lived(given);
  CHECK(x.counts.refused_creations == 0);
  CHECK(x.counts.refused_polls == 0);
  CHECK(x.jobs_per_hour == Approx(1.6 * 3'600).epsilon(0.05));
}

TEST_CASE("simulation: the same conditions give the same figures, others others") {
  auto given = even_hours(0.5);
  const auto first = lived(given);
  const auto second = lived(given);
  CHECK(first.counts.messages == second.counts.messages);
  CHECK(first.counts.until_video.mean() == second.counts.until_video.mean());
  given.seed = 2;
  CHECK(lived(given).counts.until_video.mean() != first.counts.until_video.mean());
}

TEST_CASE("simulation: an order costs as many replies as the conversation gives") {
  auto t = test::talk::known();
  size_t replies = 0;
  const auto count = [&] { replies += t.replies.size(); };
  t.say("/start");
  count();
  t.photo("A mug. It keeps warm for two hours.");
  count();
  REQUIRE(t.press_label("🎥"));
  count();
  t.say("-");
  count();
  REQUIRE(t.press_label("1️⃣"));
  count();
  CHECK(replies == static_cast<size_t>(people{}.replies_before_order));
  REQUIRE(t.press_label("🚀"));
  CHECK(t.replies.size() == 1);
}

TEST_CASE("simulation: a wait is kept within two percent") {
  waits x;
  CHECK(x.quantile(0.5) == 0);
  for (int i = 1; i <= 1'000; ++i)
    x.add(std::chrono::milliseconds{i * 10});
  CHECK(x.count() == 1'000);
  CHECK(x.mean() == Approx(5.005));
  CHECK(x.quantile(0.5) == Approx(5).epsilon(0.02));
  CHECK(x.quantile(0.99) == Approx(9.9).epsilon(0.02));
}

TEST_SUITE_END();
