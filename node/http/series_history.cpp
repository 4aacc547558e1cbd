#include "node/http/series_history.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards {

void series_ring::set(int64_t step, double value) {
  if (last_ && step < *last_)
    return;
  const auto length = static_cast<int64_t>(values_.size());
  for (auto gap = last_ ? std::max(*last_ + 1, step - length + 1) : step; gap < step; ++gap)
    values_[place(gap)] = nothing;
  values_[place(step)] = value;
  last_ = step;
}

std::vector<std::pair<int64_t, double>> series_ring::since(int64_t first) const {
  std::vector<std::pair<int64_t, double>> result;
  if (!last_)
    return result;
  const auto length = static_cast<int64_t>(values_.size());
  for (auto step = std::max({first, *last_ - length + 1, int64_t{0}}); step <= *last_; ++step)
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
