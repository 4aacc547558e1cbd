#pragma once

#include "domain/job_stage.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace neurocards {

/// How many orders of this node are in stages that the database does not see, and since when. Safe
/// to use from any thread.
class stages_under_way : public std::enable_shared_from_this<stages_under_way> {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct figure {
    job_stage stage;
    size_t jobs;
    std::chrono::steady_clock::duration oldest;
  };

  /// An order is in the stage for as long as the result lives.
  std::shared_ptr<const void> enter(job_stage stage, time_point since) {
    const std::lock_guard hold{mutex_};
    const auto place = begins_[stage].insert(since);
    return {this, [self = shared_from_this(), stage, place](const void*) {
              const std::lock_guard held{self->mutex_};
              self->begins_[stage].erase(place);
            }};
  }

  /// Those in which there are orders.
  std::vector<figure> read(time_point now) const {
    std::vector<figure> result;
    const std::lock_guard hold{mutex_};
    for (const auto& [stage, begins] : begins_)
      if (!begins.empty())
        result.push_back({stage, begins.size(), std::max(now - *begins.begin(), {})});
    return result;
  }

private:
  mutable std::mutex mutex_;
  std::map<job_stage, std::multiset<time_point>> begins_;
};

} // namespace neurocards
