#include "domain/listed_prices.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace neurocards::prices {

namespace {

constexpr double rounding = 0.5; // credits of a clip

std::string lower(std::string x) {
  std::ranges::transform(x, x.begin(), [](unsigned char c) { return std::tolower(c); });
  return x;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The numbers that stand before `unit`, where the word ends with it: "15.0s-720p" has 15 of "s"
/// and 720 of "p".
std::vector<double> numbers_of(const std::string& text, const std::string& unit) {
  std::vector<double> result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && (is_digit(text[i - 1]) || text[i - 1] == '.')))
      continue;
    const auto end = std::min(text.find_first_not_of("0123456789.", i), text.size());
    const auto after = end + unit.size();
    const bool ends =
      after >= text.size() || !std::isalpha(static_cast<unsigned char>(text[after]));
    if (text.compare(end, unit.size(), unit) == 0 && ends)
      result.push_back(std::strtod(text.c_str() + i, nullptr));
  }
  return result;
}

/// Whether a row that says something of this kind says what we ask for.
bool fits(const std::string& text, const std::string& unit, double wanted) {
  const auto said = numbers_of(text, unit);
  return said.empty() || std::ranges::find(said, wanted) != said.end();
}

/// The lines of our resolution: 720 of "720p"; nullopt: the model has none.
std::optional<double> lines_of(const config::model& x) {
  const auto found = x.input.find("resolution");
  if (found == x.input.end())
    return std::nullopt;
  const auto said = numbers_of(lower(found->second), "p");
  return said.empty() ? std::nullopt : std::optional{said.front()};
}

bool is_of(const listed& row, const config::model& x) {
  if (row.slug != x.slug)
    return false;
  const auto text = lower(row.description);
  const auto lines = lines_of(x);
  return (!lines || fits(text, "p", *lines))
         && (row.per_second || fits(text, "s", models::clip_seconds(x)));
}

} // namespace

std::vector<difference> differences(const models::catalogue& ours,
                                    const std::vector<listed>& theirs) {
  std::vector<difference> result;
  for (const auto& x : ours) {
    if (x.provider != "kie" || x.price == 0)
      continue;
    difference found{x.slug, x.price, {}};
    for (const auto& row : theirs)
      if (is_of(row, x))
        found.theirs.push_back(row.per_second ? row.credits * models::clip_seconds(x)
                                              : row.credits);
    std::ranges::sort(found.theirs);
    const auto [last, end] = std::ranges::unique(found.theirs);
    found.theirs.erase(last, end);
    const bool same = std::ranges::any_of(
      found.theirs, [&](double price) { return std::abs(price - x.price) <= rounding; });
    if (!found.theirs.empty() && !same)
      result.push_back(std::move(found));
  }
  return result;
}

std::string describe(const difference& x) {
  std::string theirs;
  for (const auto price : x.theirs)
    theirs += fmt::format("{}{:g}", theirs.empty() ? "" : " or ", price);
  return fmt::format("{} costs {:g} KIE credits in kie.models, and {} in KIE's list", x.slug,
                     x.ours, theirs);
}

} // namespace neurocards::prices
