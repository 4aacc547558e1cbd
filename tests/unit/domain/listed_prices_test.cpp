#include "domain/listed_prices.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

using prices::listed;

/// What is told of the shipped catalogue beside this list.
std::vector<std::string> told(const std::vector<listed>& rows) {
  std::vector<std::string> result;
  for (const auto& x : prices::differences(models::shipped(), rows))
    result.push_back(prices::describe(x));
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/listed_prices");

TEST_CASE("listed prices: a model is compared by what its rows say of our clip") {
  const std::string mini = "bytedance/seedance-2-mini";
  const std::string wan = "wan/2-6-image-to-video";
  const std::string costs = mini + " costs 123 KIE credits in kie.models, and ";
  struct {
    const char* subject;
    std::vector<listed> rows;
    std::string told; // empty: nothing
  } const table[] = {
    {"nothing is listed", {}, ""},
    {"of others only", {{"seedance-2-mini", "other slug", 1, false}}, ""},
    {"a price a second, of fifteen seconds", {{mini, "Seedance 2.0 mini", 8.2, true}}, ""},
    {"another one", {{mini, "Seedance 2.0 mini", 20.5, true}}, costs + "307.5 in KIE's list"},
    {"of our resolution",
     {{mini, "Seedance 2.0 mini, 480p", 3.8, true}, {mini, "Seedance 2.0 mini, 720p", 8.2, true}},
     ""},
    {"of none of ours", {{mini, "Seedance 2.0 mini, 480p", 3.8, true}}, ""},
    {"of our resolution, another price",
     {{mini, "Seedance mini 480P", 8.2, true}, {mini, "Seedance mini 720P", 9, true}},
     costs + "135 in KIE's list"},
    {"any of several is right",
     {{mini, "720p with video input", 12, true}, {mini, "720p, no video input", 8.2, true}},
     ""},
    {"and several wrong ones are all told",
     {{mini, "720p with video input", 12, true},
      {mini, "720p, no video input", 9, true},
      {mini, "720p again", 9, true}},
     costs + "135 or 180 in KIE's list"},
    {"a price a video, of our length",
     {{wan, "wan 2.6, image-to-video, 10.0s-720p", 140, false},
      {wan, "wan 2.6, image-to-video, 15.0s-720p", 210, false},
      {wan, "wan 2.6, image-to-video, 15.0s-1080p", 315, false}},
     ""},
    {"which has risen",
     {{wan, "wan 2.6, image-to-video, 10.0s-720p", 210, false},
      {wan, "wan 2.6, image-to-video, 15.0s-720p", 240, false}},
     wan + " costs 210 KIE credits in kie.models, and 240 in KIE's list"},
    {"half a credit is rounding", {{wan, "wan 2.6, 15.0s-720p", 209.5, false}}, ""},
    {"another provider's is not KIE's", {{"bytedance:seedance@2.0", "x", 99, false}}, ""},
  };
  for (const auto& x : table) {
    CAPTURE(x.subject);
    CHECK(told(x.rows)
          == (x.told.empty() ? std::vector<std::string>{} : std::vector<std::string>{x.told}));
  }
}

TEST_SUITE_END();
