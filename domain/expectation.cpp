#include "domain/expectation.hpp"

#include "domain/json.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace neurocards::expectation {

namespace {

constexpr double low_quantile = 0.1;
constexpr double high_quantile = 0.9;
constexpr double queue_spread = 1.5; // the queue may move so much faster or slower than lately
constexpr double minute = 60;
constexpr double more = 1.0001; // than what just does not do

/// The smallest value that `share` of them do not exceed.
double quantile(std::vector<double> values, double share) {
  const auto last = values.size() - 1;
  const auto position =
    std::min(last, static_cast<size_t>(std::ceil(share * static_cast<double>(values.size()))) - 1);
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(position));
  return values[position];
}

/// By what factor the guess must be stretched so that whole minutes (`shown`) hold what became of
/// it. Absent: that is not known yet.
std::optional<double> miss(const guessed& x) {
  const double over =
    more * minute * (std::ceil(x.took / minute) - 1) / std::max(x.guess.high, 1.0);
  const double under = more * x.guess.low / (minute * (std::floor(x.took / minute) + 1));
  if (!x.ended)
    return over > 1 ? std::optional{over} : std::nullopt;
  return std::max({over, under, least_stretch});
}

std::vector<double> misses(std::span<const guessed> guesses) {
  std::vector<double> result;
  for (const auto& x : guesses)
    if (const auto factor = miss(x))
      result.push_back(*factor);
  return result;
}

} // namespace

std::optional<outlook> calibrate(const past& x) {
  if (x.made.size() < fewest)
    return std::nullopt;
  outlook result;
  result.made = {quantile(x.made, low_quantile), quantile(x.made, high_quantile)};
  result.rate = x.rate;
  const auto all = misses(x.guesses);
  if (all.size() < fewest)
    return result;
  // One more than there are: the next one is among them.
  const double n = static_cast<double>(all.size());
  result.stretch = std::min(quantile(all, std::min(1.0, share * (n + 1) / n)), most_stretch);
  const auto recent = std::span{all}.first(std::min(newest, all.size()));
  const auto held =
    std::ranges::count_if(recent, [&](double factor) { return factor <= result.stretch; });
  result.holds = static_cast<double>(held) >= least_share * static_cast<double>(recent.size());
  return result;
}

std::optional<range> guess(const outlook& x, int ahead, int count) {
  if (ahead > 0 && x.rate <= 0)
    return std::nullopt;
  const auto wait = [&](int jobs) { return jobs > 0 && x.rate > 0 ? jobs / x.rate : 0; };
  return range{wait(ahead) / queue_spread + x.made.low,
               wait(ahead + std::max(count, 1) - 1) * queue_spread + x.made.high};
}

std::optional<minutes> shown(const outlook& x, const range& guess) {
  if (!x.holds)
    return std::nullopt;
  // What is narrowed further would end before it begins.
  const double stretch = std::max(x.stretch, std::sqrt(guess.low / std::max(guess.high, 1.0)));
  const double low = guess.low / stretch;
  const double high = guess.high * stretch;
  const int least = static_cast<int>(low / minute);
  return minutes{least, std::max(static_cast<int>(std::ceil(high / minute)), least + 1)};
}

std::optional<promise> expect(std::string_view kept, int ahead, int count) {
  const auto outlook = parse_outlook(kept);
  const auto guessed = outlook ? guess(*outlook, ahead, count) : std::nullopt;
  if (!guessed)
    return std::nullopt;
  return promise{*guessed, shown(*outlook, *guessed)};
}

} // namespace neurocards::expectation
