#include "node/http/earnings_figures.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

const std::string snapshot = R"({"at":"2026-11-30T03:00:00.5+00:00","earnings":[
  {"day":"2026-11-30","model":"a/\"b","clips":3,"late":1,"unpriced":2,"cost":0.5,"income":1.25},
  {"day":"2026-11-29","model":"old","clips":9,"late":0,"unpriced":0,"cost":9,"income":9}]})";

const earnings_figures::time_point start{};

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("unit/node/http/earnings_figures");

TEST_CASE("earnings figures: the models of today have their samples, those of other days none") {
  earnings_figures figures;
  figures.on_snapshot(snapshot, start);
  const auto text = figures.text(start);
  CHECK(has_line(text, "# TYPE neurocards_today_cost_dollars gauge"));
  CHECK(has_line(text, R"(neurocards_today_clips{model="a/b"} 3)"));
  CHECK(has_line(text, R"(neurocards_today_late_clips{model="a/b"} 1)"));
  CHECK(has_line(text, R"(neurocards_today_unpriced_clips{model="a/b"} 2)"));
  CHECK(has_line(text, R"(neurocards_today_cost_dollars{model="a/b"} 0.5)"));
  CHECK(has_line(text, R"(neurocards_today_income_dollars{model="a/b"} 1.25)"));
  CHECK(has_line(text, R"(neurocards_today_margin_dollars{model="a/b"} 0.75)"));
  CHECK(text.find("old") == std::string::npos);
}

TEST_CASE("earnings figures: what could not be read for half a minute is not shown") {
  earnings_figures figures;
  CHECK(figures.text(start).find('{') == std::string::npos);
  figures.on_snapshot(snapshot, start);
  CHECK(figures.text(start + 30s).find("{model=") != std::string::npos);
  CHECK(figures.text(start + 31s).find("{model=") == std::string::npos);
  CHECK(has_line(figures.text(start + 31s), "# TYPE neurocards_today_clips gauge"));
  figures.on_snapshot("no JSON", start + 31s);
  figures.on_snapshot("{}", start + 31s);
  CHECK(figures.text(start + 31s).find("{model=") == std::string::npos);
}

TEST_CASE("earnings figures: at midnight they begin anew") {
  earnings_figures figures;
  figures.on_snapshot(snapshot, start);
  figures.on_snapshot(R"({"at":"2026-12-01T00:00:01+00:00","earnings":[
    {"day":"2026-11-30","model":"m","clips":3,"cost":0.5,"income":1.25}]})",
                      start);
  CHECK(figures.text(start).find("{model=") == std::string::npos);
}

TEST_SUITE_END();
