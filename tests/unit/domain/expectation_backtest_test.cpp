#include "domain/expectation.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <numbers>
#include <queue>
#include <random>

#include <doctest/doctest.h>

// Plays days of orders and asks how often the ranges that users were shown held.

using namespace neurocards::expectation;

namespace {

constexpr double hour = 3600;
constexpr double day = 24 * hour;

/// A world in which orders come by chance, wait for one of some places, and are made.
struct world {
  std::function<double(double)> orders;    // per second, at that time of the simulation
  std::function<double(double)> median;    // s a video is made
  double spread = 0.3;                     // of the logarithm of that
  int places = 1'000'000;                  // videos made at once
  std::function<bool(double)> stands_still // nothing begins, what is made ends later
    = [](double) { return false; };
};

struct job {
  double ordered = 0;
  double began = -1;
  double ended = -1;
  std::optional<range> guess{};
  std::optional<minutes> told{};
};

struct verdict {
  size_t jobs = 0; // of the time after the first six hours
  size_t told = 0;
  size_t held = 0;
  std::vector<double> ratios; // high : low of what was told

  double coverage() const { return static_cast<double>(held) / static_cast<double>(told); }
  double told_share() const { return static_cast<double>(told) / static_cast<double>(jobs); }
  double median_ratio() {
    std::ranges::sort(ratios);
    return ratios.at(ratios.size() / 2);
  }
};

class simulation {
public:
  explicit simulation(const world& x) : world_(x) {}

  verdict run(double until) {
    for (now_ = 0; now_ < until; now_ += 1) {
      end_some();
      if (std::fmod(now_, 15) == 0)
        outlook_ = calibrate(past_now());
      for (int n = std::poisson_distribution<int>{world_.orders(now_)}(random_); n > 0; --n)
        order();
      begin_some();
    }
    return judge();
  }

private:
  void order() {
    job x{.ordered = now_};
    if (outlook_)
      x.guess = guess(*outlook_, static_cast<int>(waiting_.size()), 1);
    if (x.guess)
      x.told = shown(*outlook_, *x.guess);
    waiting_.push_back(jobs_.size());
    jobs_.push_back(x);
  }

  void begin_some() {
    if (world_.stands_still(now_))
      return;
    while (!waiting_.empty() && static_cast<int>(making_.size()) < world_.places) {
      const auto i = waiting_.front();
      waiting_.pop_front();
      jobs_[i].began = now_;
      const double took =
        world_.median(now_) * std::exp(world_.spread * std::normal_distribution<double>{}(random_));
      making_.emplace(now_ + std::max(1.0, took), i);
    }
  }

  void end_some() {
    while (!making_.empty() && making_.top().first <= now_ && !world_.stands_still(now_)) {
      jobs_[making_.top().second].ended = now_;
      ended_.push_back(making_.top().second);
      making_.pop();
    }
    while (first_open_ < jobs_.size() && jobs_[first_open_].ended >= 0)
      ++first_open_;
  }

  /// As `durations_seen` (SQL) tells it.
  past past_now() const {
    past result;
    const auto seconds_ago = [&](size_t i) { return now_ - jobs_[i].ended; };
    for (auto i = ended_.rbegin(); i != ended_.rend() && result.made.size() < 200; ++i)
      if (seconds_ago(*i) < hour || result.made.size() < fewest)
        result.made.push_back(jobs_[*i].ended - jobs_[*i].began);
    for (auto i = ended_.rbegin(); i != ended_.rend() && seconds_ago(*i) < 600; ++i)
      result.rate += 1.0 / 600;
    add_open(result);
    for (auto i = ended_.rbegin(); i != ended_.rend() && i - ended_.rbegin() < 200; ++i)
      if (const auto& x = jobs_[*i]; x.guess)
        result.guesses.push_back({*x.guess, x.ended - x.ordered, true});
    return result;
  }

  /// The oldest hundred.
  void add_open(past& to) const {
    size_t added = 0;
    for (auto i = first_open_; i < jobs_.size() && added < 100; ++i)
      if (const auto& x = jobs_[i]; x.ended < 0 && x.guess) {
        to.guesses.push_back({*x.guess, now_ - x.ordered, false});
        ++added;
      }
  }

  verdict judge() const {
    verdict result;
    for (const auto& x : jobs_) {
      if (x.ended < 0 || x.ordered < 6 * hour)
        continue;
      ++result.jobs;
      if (!x.told)
        continue;
      ++result.told;
      const double took = x.ended - x.ordered;
      result.held += took >= x.told->low * 60 && took <= x.told->high * 60;
      result.ratios.push_back(x.told->high / std::max(1.0, static_cast<double>(x.told->low)));
    }
    return result;
  }

  world world_;
  std::mt19937 random_{2026};
  double now_ = 0;
  std::optional<outlook> outlook_;
  std::vector<job> jobs_;
  size_t first_open_ = 0;
  std::deque<size_t> waiting_;
  std::vector<size_t> ended_;
  std::priority_queue<std::pair<double, size_t>, std::vector<std::pair<double, size_t>>,
                      std::greater<>>
    making_;
};

std::function<double(double)> always(double value) {
  return [value](double) { return value; };
}

/// Between `low` at night and `high` by day.
std::function<double(double)> daily(double low, double high) {
  return [=](double at) {
    return low + (high - low) * (1 - std::cos(2 * std::numbers::pi * at / day)) / 2;
  };
}

struct scene {
  std::string name;
  world in;
  double told_share; // at least
  double ratio;      // of the median range, at most
};

} // namespace

TEST_SUITE_BEGIN("unit/domain/expectation_backtest");

TEST_CASE("expectation: nine of ten ranges that were shown held, whatever the days were like") {
  const scene scenes[]{
    {"a quiet bot", {.orders = always(1 / 120.0), .median = always(180)}, 0.75, 5},
    {"a day's tide of orders and of the provider",
     {.orders = daily(0.01, 0.2), .median = daily(120, 300)},
     0.7,
     3.5},
    {"more orders by day than places",
     {.orders = daily(0.02, 0.3), .median = always(180), .spread = 0.25, .places = 40},
     0.7,
     2},
    {"videos of very different lengths",
     {.orders = always(0.05), .median = always(240), .spread = 0.6},
     0.7,
     10},
    {"the provider becomes twice as slow in a moment",
     {.orders = always(0.05), .median = [](double at) { return at < day ? 120.0 : 240.0; }},
     0.75,
     3.5},
    {"an outage of an hour",
     {.orders = always(0.05),
      .median = always(180),
      .stands_still = [](double at) { return at > day && at < day + hour; }},
     0.75,
     5},
  };
  for (const auto& x : scenes) {
    CAPTURE(x.name);
    auto got = simulation{x.in}.run(3 * day);
    MESSAGE(x.name << ": held " << got.coverage() << ", shown to " << got.told_share()
                   << ", median high : low " << got.median_ratio());
    CHECK(got.coverage() >= 0.9);
    CHECK(got.told_share() >= x.told_share);
    CHECK(got.median_ratio() <= x.ratio);
  }
}

TEST_SUITE_END();
