#include "domain/star_purchases.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::star_purchases;

namespace {

const std::vector<config::pack> packs{{5, 250}, {20, 900}};
const std::string id = "1:AAAAAAAAAAAAAAAAAAAAAA:";

transaction paid(const std::string& charge, int64_t stars, const std::string& payload) {
  transaction result;
  result.charge = charge;
  result.stars = stars;
  result.comes_in = true;
  result.is_of_invoice = true;
  result.payer.user = user_id{7};
  result.payload = payload;
  return result;
}

transaction refunded(transaction x) {
  x.comes_in = false;
  return x;
}

std::vector<std::string> brought(const comparison& x) {
  std::vector<std::string> result;
  for (const auto& purchase : x.to_bring_back)
    result.push_back(purchase.payment.charge_id + " " + std::to_string(purchase.credits) + " for "
                     + std::to_string(purchase.payment.amount));
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/domain/star_purchases");

TEST_CASE(
  "star_purchases: what the database lacks is brought back with what its invoice promised") {
  const auto x = compare({paid("a", 250, id + "5x250"), paid("b", 500, id + "12x500"),
                          paid("c", 900, "of another program"), paid("d", 3, id + "?")},
                         {{"a"}}, packs);
  CHECK(x.purchases == 4);
  CHECK(brought(x) == std::vector<std::string>{"b 12 for 500", "c 20 for 900", "d 0 for 3"});
  CHECK(x.given_back.empty());
  CHECK(x.unheard_of.empty());
}

TEST_CASE("star_purchases: a charge comes back once, and not when its Stars were given back") {
  const auto a = paid("a", 250, id + "5x250");
  const auto b = paid("b", 250, id + "5x250");
  const auto x = compare({a, a, b, refunded(b)}, {}, packs);
  CHECK(x.purchases == 2);
  CHECK(brought(x) == std::vector<std::string>{"a 5 for 250"});
}

TEST_CASE(
  "star_purchases: a known charge that was refunded, and one Telegram does not list, are told") {
  const auto a = paid("a", 250, id + "5x250");
  const auto x = compare({refunded(a), a}, {{"a", "z"}}, packs);
  CHECK(brought(x).empty());
  CHECK(x.given_back == std::vector<std::string>{"a"});
  CHECK(x.refunds == 1);
  CHECK(x.unheard_of == std::vector<std::string>{"z"});
}

TEST_CASE("star_purchases: a refund that the database has is counted, and not taken back again") {
  const auto a = paid("a", 250, id + "5x250");
  const auto b = paid("b", 250, id + "5x250");
  const auto x = compare({a, b, refunded(a), refunded(b)}, {{"a", "b"}, {"a"}}, packs);
  CHECK(x.purchases == 2);
  CHECK(x.refunds == 2);
  CHECK(x.given_back == std::vector<std::string>{"b"});
}

TEST_CASE("star_purchases: what is no invoice of a user counts for nothing") {
  auto gift = paid("g", 250, id + "5x250");
  gift.is_of_invoice = false;
  const auto x = compare({gift, refunded(gift)}, {}, packs);
  CHECK(x.purchases == 0);
  CHECK(brought(x).empty());
}

TEST_CASE("star_purchases: an affiliate's share takes nothing from the buyer") {
  auto shared = paid("a", 225, id + "5x250");
  CHECK(brought(compare({shared}, {}, packs)) == std::vector<std::string>{"a 0 for 225"});
  shared.is_shared = true;
  CHECK(brought(compare({shared}, {}, packs)) == std::vector<std::string>{"a 5 for 250"});
}

TEST_SUITE_END();
