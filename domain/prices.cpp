#include "domain/prices.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace neurocards::prices {

namespace {

constexpr double kie_credit = 0.005; // US$

/// To a cent; half a cent counts as one, whichever way its binary value errs.
std::string dollars(double x) {
  return fmt::format("{:.2f} $", x + 1e-9);
}

void append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : ", ") + item;
}

} // namespace

double of_kie_credits(double credits) {
  return credits * kie_credit;
}

double clip_cost(const config::model& x) {
  return x.provider == "kie" ? of_kie_credits(x.price) : x.price;
}

double credit_earns(const config::credits& x) {
  double least = 0;
  for (const auto& pack : x.packs) {
    const double earned = x.star_value * pack.stars / std::max(1, pack.credits);
    least = least == 0 ? earned : std::min(least, earned);
  }
  return least;
}

models::catalogue within_limit(const config::generation& x) {
  models::catalogue result;
  for (const auto& model : x.models)
    if (x.max_price == 0 || (model.price > 0 && clip_cost(model) <= x.max_price))
      result.push_back(model);
  return result;
}

std::vector<std::string> slugs_of_maker(const config::generation& x, const std::string& provider) {
  std::vector<std::string> result;
  for (const auto& model : within_limit(x))
    if (model.provider == provider)
      result.push_back(model.slug);
  return result;
}

std::vector<std::string> warnings(const config::generation& kie, const config::credits& credits) {
  const double earned = credit_earns(credits);
  std::string dear;
  std::string unknown;
  for (const auto& x : within_limit(kie)) {
    if (x.price == 0)
      append(unknown, x.slug);
    else if (earned > 0 && clip_cost(x) > earned)
      append(dear, fmt::format("{} {} (price of {})", x.slug, dollars(clip_cost(x)),
                               x.price_date.empty() ? "an unknown day" : x.price_date));
  }
  std::vector<std::string> result;
  if (!dear.empty())
    result.push_back(
      fmt::format("kie.models: a credit earns {} at least (credits.packs, "
                  "credits.star-value), and a video costs more with {}; kie.max-price "
                  "passes dear models over",
                  dollars(earned), dear));
  if (!unknown.empty())
    result.push_back("kie.models: no price is known of " + unknown
                     + "; price is KIE's credits for one video");
  return result;
}

} // namespace neurocards::prices
