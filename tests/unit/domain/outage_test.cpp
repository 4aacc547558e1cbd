#include "domain/outage.hpp"

#include "domain/kie_errors.hpp"

#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;
using outage::next_probe_after;

TEST_SUITE_BEGIN("unit/domain/outage");

TEST_CASE("outage: an outage is probed ever more rarely, at most ten times as rarely as at first") {
  const std::vector<std::pair<std::chrono::seconds, std::chrono::seconds>> cases{
    {0s, 30s},    {29s, 30s},    {30s, 90s},   {89s, 90s},     {90s, 210s},    {210s, 450s},
    {450s, 750s}, {750s, 1050s}, {749s, 750s}, {1050s, 1350s}, {3750s, 4050s}, {3749s, 3750s}};
  for (const auto& [down_for, next] : cases) {
    CAPTURE(down_for.count());
    CHECK(next_probe_after(down_for, 30s) == next);
  }
  CHECK(next_probe_after(1'000'000h, 1ms) > 1'000'000h);
  CHECK(next_probe_after(5ms, 0ms) > 5ms);
}

TEST_CASE("outage: a probe that is refused was answered") {
  kie::signal x;
  x.from = kie::call::credit;
  const auto answered = [&](int status, int code, const char* words) {
    x.outcome = http::outcome::answered;
    x.status = status;
    x.json = code != 0;
    x.code = code;
    x.message = words;
    return !outage::is_out_of_order(kie::classify(x));
  };
  CHECK(answered(401, 401, "You do not have access permissions"));
  CHECK(answered(200, 429, "Rate limit exceeded"));
  CHECK(answered(200, 402, "Credits insufficient"));
  CHECK_FALSE(answered(503, 0, "<html>"));
  CHECK_FALSE(answered(500, 500, "Internal Error"));
  CHECK_FALSE(answered(200, 455, "maintenance"));
  x.outcome = http::outcome::not_sent;
  CHECK(outage::is_out_of_order(kie::classify(x)));
  x.outcome = http::outcome::interrupted;
  CHECK(outage::is_out_of_order(kie::classify(x)));
}

TEST_SUITE_END();
