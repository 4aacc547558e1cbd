#include "sandbox/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards::sandbox {

bool sliding_window::take(steady_time now, size_t limit, milliseconds window) {
  while (!taken_.empty() && now - taken_.front() >= window)
    taken_.pop_front();
  if (taken_.size() >= limit)
    return false;
  taken_.push_back(now);
  return true;
}

milliseconds token_bucket::take(steady_time now, double rate, double burst, double n) {
  const auto passed = std::chrono::duration<double>(now - filled_at_).count();
  tokens_ = tokens_ < 0 ? burst : std::min(burst, tokens_ + passed * rate);
  filled_at_ = now;
  if (tokens_ >= std::min(n, burst)) { // more than a burst at once passes when the bucket is full
    tokens_ = std::max(0.0, tokens_ - n);
    return milliseconds{0};
  }
  return milliseconds{
    static_cast<int64_t>(std::ceil((std::min(n, burst) - tokens_) / rate * 1000))};
}

} // namespace neurocards::sandbox
