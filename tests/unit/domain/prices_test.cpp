#include "domain/prices.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace neurocards;

namespace {

config::generation shipped(double limit = 0) {
  config::generation result;
  result.models = models::shipped();
  result.max_price = limit;
  return result;
}

std::string slugs(const models::catalogue& all) {
  std::string result;
  for (const auto& x : all)
    result += (result.empty() ? "" : " ") + x.slug;
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/prices");

TEST_CASE("prices: a clip costs KIE's credits at 0.005 $") {
  config::model x;
  CHECK(prices::clip_cost(x) == 0);
  x.price = 123;
  CHECK(prices::clip_cost(x) == doctest::Approx(0.615));
}

TEST_CASE("prices: another provider's price is in US$ already") {
  config::model x;
  x.provider = "runware";
  x.price = 2.4;
  CHECK(prices::clip_cost(x) == 2.4);
}

TEST_CASE("prices: a credit earns what the pack that is cheapest for the user brings") {
  config::credits x;
  CHECK(prices::credit_earns(x) == doctest::Approx(0.52)); // 30 for 1200 Stars
  x.star_value = 0.02;
  CHECK(prices::credit_earns(x) == doctest::Approx(0.8));
  x.packs = {{1, 100}, {2, 150}};
  CHECK(prices::credit_earns(x) == doctest::Approx(1.5));
  x.packs.clear();
  CHECK(prices::credit_earns(x) == 0);
}

TEST_CASE("prices: models above the limit and those of unknown price are passed over") {
  struct {
    double limit;
    const char* left;
  } const table[] = {
    {0.1, ""},
    {0.15, "sora-2-image-to-video"},
    {0.6, "sora-2-image-to-video minimax-h3/image-to-video"},
    {0.62, "sora-2-image-to-video bytedance/seedance-2-mini minimax-h3/image-to-video"},
    {1.05, "sora-2-image-to-video bytedance/seedance-2-mini minimax-h3/image-to-video "
           "wan/2-6-image-to-video"},
    {3, "sora-2-image-to-video bytedance/seedance-2-mini wan/3-0-video minimax-h3/image-to-video "
        "wan/2-6-image-to-video kling-2.6/image-to-video bytedance/seedance-2-fast "
        "bytedance:seedance@2.0"},
  };
  for (const auto& x : table) {
    CAPTURE(x.limit);
    CHECK(slugs(prices::within_limit(shipped(x.limit))) == x.left);
  }
  CHECK(prices::within_limit(shipped()).size() == models::shipped().size());

  auto unknown = shipped(3);
  unknown.models[0].price = 0;
  CHECK(slugs(prices::within_limit(unknown)).starts_with("bytedance/seedance-2-mini"));
  unknown.max_price = 0;
  CHECK(slugs(prices::within_limit(unknown)).starts_with("sora-2"));
}

TEST_CASE("prices: a provider's models are those of its own within the limit") {
  const auto of = [](double limit, const char* provider) {
    std::string result;
    for (const auto& slug : prices::slugs_of_maker(shipped(limit), provider))
      result += (result.empty() ? "" : " ") + slug;
    return result;
  };
  CHECK(of(0.6, "kie") == "sora-2-image-to-video minimax-h3/image-to-video");
  CHECK(of(0.6, "runware").empty());
  CHECK(of(3, "runware") == "bytedance:seedance@2.0");
  CHECK(of(3, "nobody").empty());
}

TEST_CASE("prices: models that cost more than a credit earns are told with price and day") {
  const auto told = prices::warnings(shipped(), {});
  REQUIRE(told.size() == 1);
  CHECK(
    told[0]
    == "kie.models: a credit earns 0.52 $ at least (credits.packs, credits.star-value), and a "
       "video costs more with bytedance/seedance-2-mini 0.62 $ (price of 2026-08-26), "
       "wan/3-0-video 1.20 $ (price of 2026-08-26), minimax-h3/image-to-video 0.60 $ (price of "
       "2026-09-22), wan/2-6-image-to-video 1.05 $ (price of 2026-09-20), "
       "kling-2.6/image-to-video 1.10 $ (price of 2026-09-20), bytedance/seedance-2-fast 2.48 $ "
       "(price of 2026-07-19), bytedance:seedance@2.0 2.40 $ (price of 2026-10-04); kie.max-price "
       "passes dear models over");
  CHECK(prices::warnings(shipped(0.5), {}).empty());
  config::credits dear;
  dear.packs = {{1, 200}};
  CHECK(prices::warnings(shipped(2), dear).empty());
  config::credits none;
  none.packs.clear();
  CHECK(prices::warnings(shipped(), none).empty());
}

TEST_CASE("prices: a model without a price is told, and one without a day says so") {
  auto kie = shipped(0);
  kie.models.resize(2);
  kie.models[0].price = 0;
  kie.models[1].price_date.clear();
  const auto told = prices::warnings(kie, {});
  REQUIRE(told.size() == 2);
  CHECK(told[0].find("0.62 $ (price of an unknown day)") != std::string::npos);
  CHECK(told[1]
        == "kie.models: no price is known of sora-2-image-to-video; price is KIE's credits for one "
           "video");
}

TEST_SUITE_END();
