#include "domain/star_purchases.hpp"

#include "domain/callback_data.hpp"
#include "domain/screens.hpp"

#include <algorithm>
#include <iterator>

namespace neurocards::star_purchases {

namespace {

constexpr size_t id_begin = 2; // behind "1:"
constexpr size_t id_size = 22;

/// As it was told when it was made.
telegram::successful_payment payment_of(const transaction& x) {
  telegram::successful_payment result{x.charge, std::string{currency}, x.stars, x.payload};
  const auto sold = flow::parse_pack(pack_named_in(x.payload));
  if (x.is_shared && sold && x.stars < sold->stars)
    result.amount = sold->stars;
  return result;
}

} // namespace

std::string_view pack_named_in(std::string_view payload) {
  if (payload.size() < id_begin + id_size + 2 || payload.substr(0, id_begin) != "1:"
      || payload[id_begin + id_size] != ':'
      || !flow::parse_compact(payload.substr(id_begin, id_size)))
    return {};
  return payload.substr(id_begin + id_size + 1);
}

int credits_for(const std::vector<config::pack>& packs, const telegram::successful_payment& x) {
  if (x.currency != currency)
    return 0;
  if (const auto sold = flow::parse_pack(pack_named_in(x.payload)); sold && sold->stars == x.amount)
    return sold->credits;
  int best = 0;
  for (const config::pack& pack : packs)
    if (pack.stars <= x.amount)
      best = std::max(best, pack.credits);
  return best;
}

comparison compare(const std::vector<transaction>& listed, const known_charges& known,
                   const std::vector<config::pack>& packs) {
  std::set<std::string> refunded;
  for (const auto& x : listed)
    if (x.is_of_invoice && !x.comes_in)
      refunded.insert(x.charge);
  comparison result;
  std::set<std::string> seen;
  for (const auto& x : listed) {
    if (!x.is_of_invoice || !x.comes_in || !seen.insert(x.charge).second)
      continue;
    ++result.purchases;
    const bool given_back = refunded.contains(x.charge);
    result.refunds += given_back ? 1 : 0;
    if (known.all.contains(x.charge)) {
      if (given_back && !known.refunded.contains(x.charge))
        result.given_back.push_back(x.charge);
    } else if (!given_back) {
      const auto payment = payment_of(x);
      result.to_bring_back.push_back({x.payer, payment, credits_for(packs, payment)});
    }
  }
  std::set_difference(known.all.begin(), known.all.end(), seen.begin(), seen.end(),
                      std::back_inserter(result.unheard_of));
  return result;
}

} // namespace neurocards::star_purchases
