#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace neurocards {

/// Gauges that are shown only as long as somebody has looked lately: unlike those in CAF's registry
/// they disappear with their source instead of standing still. Safe to use from any thread.
class recent_figures {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// One gauge: the family's name and its only label, if it has one.
  struct place {
    std::string family;
    std::string label = {}; // empty: none
    std::string value = {}; // of the label
    auto operator<=>(const place&) const = default;
  };

  /// Shown until then, unless it is set anew.
  void set(place where, double figure, time_point until) {
    const std::lock_guard hold{mutex_};
    figures_.insert_or_assign(std::move(where), std::pair{figure, until});
  }

  /// Its source has ended.
  void remove(const place& where) {
    const std::lock_guard hold{mutex_};
    figures_.erase(where);
  }

  /// What is to be shown now, in the order of families.
  std::vector<std::pair<place, double>> read(time_point now) const {
    std::vector<std::pair<place, double>> result;
    const std::lock_guard hold{mutex_};
    for (const auto& [where, x] : figures_)
      if (x.second >= now)
        result.emplace_back(where, x.first);
    return result;
  }

private:
  mutable std::mutex mutex_;
  std::map<place, std::pair<double, time_point>> figures_;
};

} // namespace neurocards
