#include "node/http/series_history.hpp"

#include "node/http/series_pace.hpp"
#include "node/http/series_page.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;
using points = std::vector<std::pair<int64_t, double>>;

TEST_SUITE_BEGIN("unit/node/http/series_history");

TEST_CASE("series ring: the last values are kept, steps left out have none") {
  series_ring ring{4};
  CHECK(ring.since(0).empty());
  ring.set(10, 1);
  ring.set(12, 3);
  CHECK(ring.since(0) == points{{10, 1}, {12, 3}});
  CHECK(ring.since(11) == points{{12, 3}});
  CHECK(ring.since(13).empty());
  ring.set(13, 4);
  ring.set(14, 5);
  CHECK(ring.since(0) == points{{12, 3}, {13, 4}, {14, 5}}); // 10 has gone
  ring.set(14, 6);
  ring.set(13, 0); // the clock was set back: not kept
  CHECK(ring.since(14) == points{{14, 6}});
  ring.set(100, 7);
  CHECK(ring.since(0) == points{{100, 7}}); // nothing of before, though places are the same
}

TEST_CASE("series ring: what hardly changes is told like what changes all the time") {
  constexpr int64_t length = 40;
  std::map<int64_t, double> all;
  series_ring ring{length};
  int64_t step = 7;
  const auto expected = [&](int64_t first) {
    points result;
    for (const auto& [when, value] : all)
      if (when >= first && when > step - length)
        result.emplace_back(when, value);
    return result;
  };
  const auto go_on = [&](int64_t by, double value) {
    step += by;
    ring.set(step, value);
    all[step] = value;
    CHECK(ring.since(0) == expected(0));
    CHECK(ring.since(step - 5) == expected(step - 5));
  };
  for (int i = 0; i < 100; ++i)
    go_on(1, i < 50 ? 3 : 4); // one change, which is forgotten in the end
  go_on(0, 5);                // the same step once more
  go_on(0, 4);
  go_on(9, 4); // a gap
  go_on(1, 4);
  go_on(length + 3, 4); // longer than all that is kept
  for (int i = 0; i < 100; ++i)
    go_on(1 + i % 7 / 6, i % 3); // too many changes: each has its place from now on
  go_on(9, 1);
  go_on(length + 3, 2);
}

TEST_CASE("series pace: every second while somebody asks or there is work, else every 15 s") {
  series_pace pace;
  series_pace::time_point now{};
  metric_values x;
  x.counters["updates"] = 7; // of before the first reading
  pace.on_reading(x, now);
  CHECK(pace.step(now) == 15s);
  pace.on_question(now);
  CHECK(pace.step(now) == 1s);
  CHECK(pace.step(now + 59s) == 1s);
  CHECK(pace.step(now + 60s) == 15s);
  now += 2min;
  pace.on_reading(x, now); // nothing new
  CHECK(pace.step(now) == 15s);
  x.counters["telegram_sends"] = 1;
  pace.on_reading(x, now);
  CHECK(pace.step(now) == 1s);
  now += 2min;
  pace.on_reading(x, now);
  CHECK(pace.step(now) == 15s);
  x.gauges["in_flight"] = 1;
  pace.on_reading(x, now);
  CHECK(pace.step(now + 59s) == 1s);
}

TEST_CASE("series history: a second's steps for five minutes, 15 s for four hours") {
  series_history history;
  constexpr auto start = 1'000'005s;
  metric_values values;
  for (auto at = start; at < start + 20min; at += 1s) {
    values.gauges["depth"] = static_cast<double>((at - start).count());
    values.counters["made"] += 2;
    history.add(values, at);
  }
  const auto now = start + 20min - 1s;
  const auto fine = history.read("depth", 5min, now);
  CHECK(fine.step == 1s);
  REQUIRE(fine.points.size() == 300);
  CHECK(fine.points.back() == std::pair<int64_t, double>{now.count(), 1199});
  CHECK(history.read("depth", 10s, now).points.size() == 11);
  const auto coarse = history.read("made", 1h, now);
  CHECK(coarse.step == 15s);
  CHECK(coarse.points.size() == 79); // 80 steps, of which the first has nothing to compare with
  CHECK(coarse.points.front().first % 15 == 0);
  CHECK(coarse.points.front().second == doctest::Approx(2));
  CHECK(history.read("other", 5min, now).points.empty());
  CHECK(history.names() == std::vector<std::string>{"depth", "made"});
}

TEST_CASE("series history: four hours are kept, and nothing older") {
  series_history history;
  constexpr auto start = 1'500'000s;
  constexpr auto end = start + 4h + 1min;
  metric_values values;
  for (auto at = start; at <= end; at += 15s) {
    values.gauges["depth"] = static_cast<double>(at.count());
    history.add(values, at);
  }
  const auto kept = history.read("depth", 4h, end);
  CHECK(kept.step == 15s);
  REQUIRE(kept.points.size() == 960);
  CHECK(kept.points.back().second - kept.points.front().second == 959 * 15);
  CHECK(history.read("depth", 24h, end).points.size() == 960);
}

TEST_CASE("series history: a second that comes twice is kept once, a gap is a gap") {
  series_history history;
  metric_values values;
  for (const auto at : {100s, 101s, 101s, 104s}) {
    values.counters["made"] += 6;
    history.add(values, at);
  }
  // The second 101 came twice: its second reading counts for what follows.
  CHECK(history.read("made", 5min, 104s).points == points{{101, 6}, {104, 4}});
}

TEST_CASE("series history: there is room for so many series and no more") {
  series_history history;
  metric_values values;
  for (size_t i = 0; i < series_history::most_series + 3; ++i)
    values.gauges["g" + std::to_string(i)] = 1;
  history.add(values, 100s);
  history.add(values, 101s);
  CHECK(history.names().size() == series_history::most_series);
  CHECK(history.left_out() == 3);
}

TEST_CASE("series history: a histogram has its series, and room, before the first observation") {
  series_history history;
  auto values =
    read_metrics("# TYPE neurocards_job_stage_seconds histogram\n"
                 "neurocards_job_stage_seconds_bucket{stage=\"render\",le=\"1\"} 0\n"
                 "neurocards_job_stage_seconds_bucket{stage=\"render\",le=\"+Inf\"} 0\n");
  history.add(values, 100s);
  const std::vector<std::string> wanted{"job_stage_seconds.p50", "job_stage_seconds.p95",
                                        "job_stage_seconds{stage=\"render\"}.p50",
                                        "job_stage_seconds{stage=\"render\"}.p95"};
  CHECK(history.names() == wanted);
  for (size_t i = 0; i < series_history::most_series; ++i)
    values.gauges["a" + std::to_string(i)] = 1;
  history.add(values, 101s);
  CHECK(history.read(wanted[3], 5min, 101s).points.empty());
  for (auto& [name, counts] : values.histograms)
    for (auto& bucket : counts.counts)
      bucket.second += 1;
  history.add(values, 102s);
  REQUIRE(history.read(wanted[3], 5min, 102s).points.size() == 1);
  CHECK(history.read(wanted[3], 5min, 102s).points[0].second == doctest::Approx(0.95));
}

TEST_CASE("series page: names and length of time are read, faults say what is allowed") {
  const auto parse = [](http_server::fields query) {
    return series_page::parse({"GET", "/api/series", std::move(query), {}, {}, {}});
  };
  const auto two = std::get<series_page::query>(
    parse({{"name", "jobs{status=\"queued\"}"}, {"name", "made"}, {"since", "1h"}}));
  CHECK(two.names == std::vector<std::string>{"jobs{status=\"queued\"}", "made"});
  CHECK(two.since == 1h);
  CHECK(std::get<series_page::query>(parse({})).since == 5min);
  CHECK(std::get<std::string>(parse({{"since", "5h"}})) == "since: write 4h at most");
  CHECK(std::get<std::string>(parse({{"since", "soon"}})).starts_with("since: "));
  CHECK(std::get<std::string>(parse(http_server::fields(51, {"name", "a"})))
        == "name: write 50 of them at most");
  CHECK(series_page::compose({{"a"}, 5min}, {{1s, {{7, 0.5}}}})
        == R"({"name":"a","points":[[7,0.5]],"step_s":1})");
  CHECK(series_page::compose({{"a", "b"}, 5min}, {{1s, {}}, {1s, {}}})
        == R"({"series":[{"name":"a","points":[],"step_s":1},)"
           R"({"name":"b","points":[],"step_s":1}]})");
}

TEST_SUITE_END();
