#include "node/drain_wait.hpp"

#include <algorithm>

namespace neurocards {

namespace {

constexpr std::chrono::milliseconds poll_interval{50};

} // namespace

bool wait_for_drain(std::future<bool> done, const drain_limits& limits,
                    const std::function<int64_t()>& unanswered_calls) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  const auto last = start + limits.limit + limits.call_limit;
  for (auto deadline = start + limits.limit;;) {
    const auto now = clock::now();
    if (unanswered_calls() > 0)
      deadline = std::min(last, now + limits.limit);
    if (done.wait_until(std::min<clock::time_point>(deadline, now + poll_interval))
        == std::future_status::ready)
      return done.get();
    if (now >= deadline)
      return false;
  }
}

} // namespace neurocards
