#include "node/http/changes.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using nlohmann::json;

namespace {

json job(const char* id, const char* status, int attempts) {
  return {{"id", id}, {"tg_user_id", 7}, {"status", status}, {"attempts", attempts}};
}

json stall(int id, double at, bool running) {
  return {{"kind", "generation"}, {"id", id}, {"at", at}, {"running", running}};
}

} // namespace

TEST_SUITE_BEGIN("unit/node/http/changes");

TEST_CASE("job changes: new and changed jobs are told, with what they were") {
  job_changes changes;
  CHECK(
    changes.on_snapshot({{"jobs", {job("a", "queued", 0)}}}).empty()); // nothing to compare with
  CHECK(changes.on_snapshot({{"jobs", {job("a", "queued", 0)}}}).empty());
  const auto got =
    changes.on_snapshot({{"jobs", {job("b", "queued", 0), job("a", "processing", 1)}}});
  REQUIRE(got.size() == 2);
  CHECK(got[0]["id"] == "b");
  CHECK(got[0]["was"].is_null());
  CHECK(got[0]["model"].is_null()); // what is not known is null, not left out
  CHECK(got[1]["id"] == "a");
  CHECK(got[1]["status"] == "processing");
  CHECK(got[1]["was"] == "queued");
  CHECK(changes.on_snapshot({{"jobs", {job("a", "processing", 2)}}}).size() == 1);
  changes.forget();
  CHECK(changes.on_snapshot({{"jobs", {job("c", "queued", 0)}}}).empty());
  CHECK(changes.on_snapshot(json::object()).empty());
}

TEST_CASE("stall changes: one is told while it runs and at its end, an old one never") {
  stall_changes changes;
  const auto first = changes.on_report({stall(1, 100.0, false), stall(2, 200.0, true)});
  REQUIRE(first.size() == 1);
  CHECK(first[0]["id"] == 2);
  CHECK(changes.on_report({stall(1, 100.0, false), stall(2, 200.004, true)}).empty());
  const auto ended = changes.on_report({stall(2, 199.996, false), stall(1, 100.0, false)});
  REQUIRE(ended.size() == 1);
  CHECK(ended[0]["running"] == false);
  const auto again = changes.on_report({stall(2, 200.2, false), stall(2, 200.0, false)});
  REQUIRE(again.size() == 1);
  CHECK(again[0]["at"] == 200.2);
}

TEST_SUITE_END();
