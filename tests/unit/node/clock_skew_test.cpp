#include "node/clock_skew.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/node/clock_skew");

TEST_CASE("clock skew: a host's clock is told when it is not the database's") {
  const std::chrono::system_clock::time_point noon{1'767'225'600s};
  struct row {
    std::chrono::milliseconds there; // what the server said
    std::chrono::milliseconds got;   // when it was heard; it was asked at noon
    std::string says;
  };
  const row table[]{
    {0s, 0s, ""},
    {30s, 0s, ""},
    {-30s, 0s, ""},
    {31s, 0s, "this host's clock is 31 s behind the database's; run NTP on both hosts"},
    {-1h, 0s, "this host's clock is 3600 s ahead of the database's; run NTP on both hosts"},
    {40s, 45s, ""}, // a slow answer is no skew
    {90s, 45s, "this host's clock is 45 s behind the database's; run NTP on both hosts"},
  };
  for (const auto& x : table) {
    CAPTURE(x.there.count());
    CHECK(clock_difference(noon + x.there, noon, noon + x.got) == x.says);
  }
}

TEST_SUITE_END();
