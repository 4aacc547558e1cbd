#include "node/cli/earnings_text.hpp"

#include "domain/earnings.hpp"
#include "domain/prices.hpp"
#include "node/cli/table_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

namespace neurocards::verbs {

namespace {

std::string dollars(double x) {
  return fmt::format("{:.2f} $", x);
}

} // namespace

std::string earnings_text(const nlohmann::json& snapshot, const config::all& settings) {
  const auto days = earnings_of(snapshot);
  std::vector<std::vector<std::string>> rows{
    {"DAY (UTC)", "MODEL", "VIDEOS", "LATE", "COST UNKNOWN", "COST", "INCOME", "MARGIN"}};
  for (const auto& x : days)
    rows.push_back({x.day, x.model, std::to_string(x.clips), std::to_string(x.late),
                    std::to_string(x.unpriced), dollars(x.cost), dollars(x.income),
                    dollars(x.income - x.cost)});
  std::string result = table_text(rows, "No video was made in the last days.");
  for (const auto& text : prices::warnings(settings.kie, settings.credits))
    result += text + '\n';
  for (const auto& text : price_differences(days, settings.kie))
    result += text + '\n';
  return result;
}

} // namespace neurocards::verbs
