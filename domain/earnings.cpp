#include "domain/earnings.hpp"

#include "domain/prices.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;

constexpr double tolerance = 0.01; // of the price

std::string word(const json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : "";
}

template <class Number>
Number number(const json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_number() ? found->get<Number>() : Number{0};
}

/// US$ a video of this day; nothing where nobody said of all of them what they cost.
std::optional<double> cost_of_one(const day_earnings& x) {
  const auto clips = x.clips + x.late;
  if (clips == 0 || x.unpriced > 0)
    return std::nullopt;
  return x.cost / static_cast<double>(clips);
}

} // namespace

std::vector<day_earnings> earnings_of(const json& snapshot) {
  std::vector<day_earnings> result;
  if (!snapshot.is_object() || !snapshot.contains("earnings"))
    return result;
  const auto& rows = snapshot.at("earnings");
  for (const auto& x : rows)
    if (x.is_object())
      result.push_back({word(x, "day"), word(x, "model"), number<int64_t>(x, "clips"),
                        number<int64_t>(x, "late"), number<int64_t>(x, "unpriced"),
                        number<double>(x, "cost"), number<double>(x, "income")});
  return result;
}

std::vector<std::string> price_differences(const std::vector<day_earnings>& days,
                                           const config::generation& kie) {
  std::vector<std::string> result;
  for (const auto& model : kie.models) {
    const auto newest = std::ranges::find_if(
      days, [&](const day_earnings& x) { return x.model == model.slug && cost_of_one(x); });
    if (newest == days.end() || model.price == 0)
      continue;
    const double real = *cost_of_one(*newest);
    const double expected = prices::clip_cost(model);
    if (std::abs(real - expected) > tolerance * expected)
      result.push_back(
        fmt::format("kie.models: a video of {} cost {:.3f} $ on {}, and its price says "
                    "{:.3f} $",
                    model.slug, real, newest->day, expected));
  }
  return result;
}

} // namespace neurocards
