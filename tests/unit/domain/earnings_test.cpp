#include "domain/earnings.hpp"

#include "domain/models.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace neurocards;

namespace {

config::generation shipped() {
  config::generation result;
  result.models = models::shipped();
  return result;
}

day_earnings mini(const std::string& day, int64_t clips, double cost, int64_t unpriced = 0) {
  return {day, "bytedance/seedance-2-mini", clips, 0, unpriced, cost, 0};
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/earnings");

TEST_CASE("earnings: rows of a snapshot are read, and nothing else is") {
  const auto all = earnings_of(nlohmann::json::parse(R"({"earnings":[
    {"day":"2026-11-30","model":"m","clips":3,"late":1,"unpriced":2,"cost":0.615,"income":1.56,
     "margin":0.945},
    null, 7, {"day":null,"clips":"many"}]})"));
  REQUIRE(all.size() == 2);
  CHECK(all[0].day == "2026-11-30");
  CHECK(all[0].model == "m");
  CHECK(all[0].clips == 3);
  CHECK(all[0].late == 1);
  CHECK(all[0].unpriced == 2);
  CHECK(all[0].cost == doctest::Approx(0.615));
  CHECK(all[0].income == doctest::Approx(1.56));
  CHECK(all[1].day == "");
  CHECK(all[1].clips == 0);
  for (const auto* none : {"[]", "null", "{}", R"({"earnings":{}})", R"({"earnings":null})"})
    CHECK(earnings_of(nlohmann::json::parse(none)).empty());
}

TEST_CASE("earnings: a price that is not KIE's is told of, by the newest day that says it") {
  // Mini: 123 credits of 0.005 $ = 0.615 $.
  struct {
    std::vector<day_earnings> days;
    const char* told;
  } const table[] = {
    {{}, ""},
    {{mini("2026-11-30", 10, 6.15)}, ""},
    {{mini("2026-11-30", 10, 6.2)}, ""}, // within a hundredth
    {{mini("2026-11-30", 10, 15.4)},
     "kie.models: a video of bytedance/seedance-2-mini cost 1.540 $ on 2026-11-30, and its price "
     "says 0.615 $"},
    {{mini("2026-11-30", 2, 1.23), mini("2026-11-29", 10, 15.4)}, ""}, // mended since
    {{mini("2026-11-30", 2, 0.615, 1), mini("2026-11-29", 2, 3)},
     "kie.models: a video of bytedance/seedance-2-mini cost 1.500 $ on 2026-11-29, and its price "
     "says 0.615 $"},
    {{mini("2026-11-30", 0, 0)}, ""},
    {{{"2026-11-30", "gone", 1, 0, 0, 9, 0}}, ""},
  };
  for (const auto& x : table) {
    const auto told = price_differences(x.days, shipped());
    CHECK(told.size() == (*x.told ? 1 : 0));
    CHECK((told.empty() ? "" : told[0]) == x.told);
  }
}

TEST_CASE("earnings: a late video counts into what one costs") {
  auto day = mini("2026-11-30", 1, 1.23);
  day.late = 1;
  CHECK(price_differences({day}, shipped()).empty());
}

TEST_CASE("earnings: without a price there is nothing to compare") {
  auto kie = shipped();
  for (auto& x : kie.models)
    x.price = 0;
  CHECK(price_differences({mini("2026-11-30", 1, 9)}, kie).empty());
}

TEST_SUITE_END();
