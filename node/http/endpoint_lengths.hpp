#pragma once

#include "actors/durations.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace neurocards {

/// Measures answers of our HTTP service. Called on its thread only.
class endpoint_lengths {
public:
  explicit endpoint_lengths(durations to) : to_(to) {}

  /// `route` lives as long as the process.
  void operator()(std::string_view route, int status, std::chrono::nanoseconds took) {
    auto& length = known_[{route, status}];
    if (!length)
      length = &to_.endpoint(route, std::to_string(status));
    length->observe(durations::seconds(took));
  }

private:
  durations to_;
  std::map<std::pair<std::string_view, int>, durations::histogram*> known_;
};

} // namespace neurocards
