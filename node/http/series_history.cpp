#include "node/http/series_history.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards {

namespace {

/// As much memory as the values of half a ring.
size_t most_changes(int64_t length) {
  return static_cast<size_t>(length) / 4;
}

bool is_same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

} // namespace

void series_ring::set(int64_t step, double value) {
  if (last_ && step < *last_)
    return;
  if (values_.empty()) {
    if (last_ && step > *last_ + 1)
      note(*last_ + 1, nothing);
    note(step, value);
    last_ = step;
    forget_old_changes();
    if (changes_.size() > most_changes(length_))
      write_out();
    return;
  }
  for (auto gap = std::max(*last_ + 1, step - length_ + 1); gap < step; ++gap)
    values_[place(gap)] = nothing;
  values_[place(step)] = value;
  last_ = step;
}

void series_ring::note(int64_t step, double value) {
  if (!changes_.empty() && changes_.back().step == step)
    changes_.pop_back(); // the same step once more
  if (changes_.empty() || !is_same(changes_.back().value, value))
    changes_.push_back({step, value});
}

void series_ring::forget_old_changes() {
  auto first = changes_.begin();
  while (std::next(first) != changes_.end() && std::next(first)->step <= oldest())
    ++first;
  changes_.erase(changes_.begin(), first);
}

/// From now on each step has its place.
void series_ring::write_out() {
  values_.assign(static_cast<size_t>(length_), nothing);
  for (const auto& [step, value] : changes_since(oldest()))
    values_[place(step)] = value;
  changes_ = {};
}

std::vector<std::pair<int64_t, double>> series_ring::changes_since(int64_t first) const {
  std::vector<std::pair<int64_t, double>> result;
  for (size_t i = 0; i < changes_.size(); ++i) {
    if (std::isnan(changes_[i].value))
      continue;
    const auto end = i + 1 < changes_.size() ? changes_[i + 1].step : *last_ + 1;
    for (auto step = std::max(first, changes_[i].step); step < end; ++step)
      result.emplace_back(step, changes_[i].value);
  }
  return result;
}

std::vector<std::pair<int64_t, double>> series_ring::since(int64_t first) const {
  if (!last_)
    return {};
  if (values_.empty())
    return changes_since(std::max(first, oldest()));
  std::vector<std::pair<int64_t, double>> result;
  for (auto step = std::max(first, oldest()); step <= *last_; ++step)
    if (const auto x = values_[place(step)]; !std::isnan(x))
      result.emplace_back(step, x);
  return result;
}

void series_history::add(const metric_values& values, seconds time) {
  left_out_ = 0;
  for (auto& x : resolutions_)
    if (!x.before_time || time / x.step > *x.before_time / x.step)
      record(x, values, time);
}

/// Null: there are too many.
series_ring* series_history::ring_of(resolution& to, const std::string& name) {
  const auto found = to.rings.find(name);
  if (found != to.rings.end())
    return &found->second;
  return to.rings.size() < most_series
           ? &to.rings.emplace(name, series_ring{to.length}).first->second
           : nullptr;
}

void series_history::record(resolution& to, const metric_values& values, seconds time) {
  // The first order may be long in coming, and others would have taken all room by then.
  for (const auto& name : quantile_names(values))
    ring_of(to, name);
  if (to.before_time) {
    const std::chrono::duration<double> passed = time - *to.before_time;
    for (const auto& [name, value] : series_points(to.before, values, passed.count())) {
      if (auto* ring = ring_of(to, name))
        ring->set(time / to.step, value);
      else
        ++left_out_;
    }
  }
  to.before = values;
  to.before_time = time;
}

series_history::answer series_history::read(const std::string& name, seconds since,
                                            seconds now) const {
  for (const auto& x : resolutions_) {
    const bool reaches = since <= x.step * static_cast<int64_t>(x.length);
    if (!reaches && &x != &resolutions_.back())
      continue;
    answer result{x.step, {}};
    if (const auto found = x.rings.find(name); found != x.rings.end())
      result.points = found->second.since((now - since) / x.step);
    for (auto& [step, value] : result.points)
      step *= x.step.count();
    return result;
  }
  return {};
}

std::vector<std::string> series_history::names() const {
  std::vector<std::string> result;
  for (const auto& [name, ring] : resolutions_.front().rings)
    result.push_back(name);
  return result;
}

} // namespace neurocards
