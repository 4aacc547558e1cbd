#include "domain/traces.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <set>

using namespace neurocards;
using nlohmann::json;

namespace {

/// A job that a node gave back after a failed attempt, and another completed.
json history() {
  return json::parse(R"({
    "id": "01234567-89ab-cdef-0123-456789abcdef", "status": "completed", "model": "m/1",
    "class": null, "attempts": 2, "template_type": "ugc",
    "created_at": 1000.5, "finished_at": 1100.25,
    "tries": [
      {"attempt": 1, "node": "w-1", "started_at": 1001, "ended_at": 1010, "outcome": "retry"},
      {"attempt": 2, "node": "w-2", "started_at": 1020, "ended_at": 1100.25,
       "outcome": "completed"}],
    "stages": [
      {"stage": "wait", "start": 1000.5, "end": 1001, "node": null, "attempt": null},
      {"stage": "prompt", "start": 1001, "end": 1010, "node": "w-1", "attempt": 1},
      {"stage": "wait", "start": 1010, "end": 1020, "node": null, "attempt": 1},
      {"stage": "render", "start": 1020, "end": 1090.125, "node": "w-2", "attempt": 2},
      {"stage": "download", "start": 1090.125, "end": 1100.25, "node": "w-2", "attempt": 2},
      {"stage": "deliver", "start": 1100.25, "end": 1102, "node": "bot", "attempt": 2}]})");
}

/// The span's name and its parent's.
std::vector<std::string> tree(const std::vector<traces::span>& spans) {
  std::vector<std::string> result;
  for (const auto& x : spans) {
    std::string parent = "-";
    for (size_t i = 0; i < spans.size(); ++i)
      if (spans[i].id == x.parent)
        parent = spans[i].name + std::to_string(i);
    result.push_back(x.name + " of " + parent);
  }
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/traces");

TEST_CASE("traces: an order has its attempts below it, and these their stages") {
  const auto spans = traces::spans_of(history().dump());
  CHECK(tree(spans)
        == std::vector<std::string>{"order of -", "attempt of order0", "attempt of order0",
                                    "wait of order0", "prompt of attempt1", "wait of order0",
                                    "render of attempt2", "download of attempt2",
                                    "deliver of order0"});
  std::set<std::string> ids;
  for (const auto& x : spans) {
    CHECK(x.trace == "0123456789abcdef0123456789abcdef");
    CHECK(x.id.size() == 16);
    ids.insert(x.id);
  }
  CHECK(ids.size() == spans.size());
  CHECK(spans[0].begin_ns == 1'000'500'000'000);
  CHECK(spans[0].end_ns == 1'102'000'000'000); // with the delivery
  CHECK(spans[6].end_ns == 1'090'125'000'000);
  CHECK_FALSE(spans[0].failed);
  CHECK(spans[1].failed);
  CHECK_FALSE(spans[2].failed);
}

TEST_CASE("traces: the same history gives the same ids, another job others") {
  const auto once = traces::spans_of(history().dump());
  const auto again = traces::spans_of(history().dump());
  auto other = history();
  other["id"] = "11234567-89ab-cdef-0123-456789abcdef";
  const auto others = traces::spans_of(other.dump());
  REQUIRE(once.size() == again.size());
  for (size_t i = 0; i < once.size(); ++i) {
    CHECK(once[i].id == again[i].id);
    CHECK(once[i].id != others[i].id);
  }
}

TEST_CASE("traces: a failed job is a failed order with its class") {
  auto job = history();
  job["status"] = "failed";
  job["class"] = "OUTAGE";
  job["stages"] = json::array();
  job["tries"] = json::array();
  const auto spans = traces::spans_of(job.dump());
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].failed);
  const std::pair<std::string, std::string> wanted{"class", "OUTAGE"};
  CHECK(std::ranges::find(spans[0].attributes, wanted) != spans[0].attributes.end());
}

TEST_CASE("traces: a job under way has none, and neither has what is no history") {
  auto job = history();
  job["finished_at"] = nullptr;
  for (const auto& text : {job.dump(), std::string{}, std::string{"[]"}, std::string{"{}"},
                           std::string{R"({"id": "x", "created_at": 1, "finished_at": 2})"}}) {
    CAPTURE(text);
    CHECK(traces::spans_of(text).empty());
  }
}

TEST_CASE("traces: a video on its way to the user is waited for") {
  auto job = history();
  CHECK_FALSE(traces::awaits_delivery(job.dump()));
  job["stages"].back()["end"] = nullptr;
  CHECK(traces::awaits_delivery(job.dump()));
  job["stages"].erase(5);
  CHECK_FALSE(traces::awaits_delivery(job.dump()));
  CHECK_FALSE(traces::awaits_delivery(""));
}

TEST_CASE("traces: OTLP in JSON has hexadecimal ids, times as text and enums as numbers") {
  auto spans = traces::spans_of(history().dump());
  spans.resize(2);
  const auto all = json::parse(traces::otlp_json(spans, "w-1", "1.2"));
  const auto& resource = all.at("resourceSpans").at(0);
  CHECK(resource.at("resource").at("attributes").at(0)
        == json{{"key", "service.name"}, {"value", {{"stringValue", "neurocards"}}}});
  CHECK(resource.at("resource").at("attributes").at(2)
        == json{{"key", "service.instance.id"}, {"value", {{"stringValue", "w-1"}}}});
  const auto& sent = resource.at("scopeSpans").at(0).at("spans");
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].at("traceId") == "0123456789abcdef0123456789abcdef");
  CHECK_FALSE(sent[0].contains("parentSpanId"));
  CHECK(sent[0].at("startTimeUnixNano") == "1000500000000");
  CHECK(sent[0].at("kind") == 1);
  CHECK_FALSE(sent[0].contains("status"));
  CHECK(sent[1].at("parentSpanId") == sent[0].at("spanId"));
  CHECK(sent[1].at("status").at("code") == 2);
  CHECK(sent[1].at("attributes").at(1)
        == json{{"key", "neurocards.node"}, {"value", {{"stringValue", "w-1"}}}});
}

TEST_SUITE_END();
