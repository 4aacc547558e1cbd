#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <unordered_map>

namespace neurocards::sandbox {

using steady_time = std::chrono::steady_clock::time_point;
using milliseconds = std::chrono::milliseconds;

/// At most `limit` events in any window of the given length; what is refused does not count.
class sliding_window {
public:
  bool take(steady_time now, size_t limit, milliseconds window);

private:
  std::deque<steady_time> taken_;
};

/// `rate` events a second on average and `burst` at once.
class token_bucket {
public:
  /// Takes `n` tokens, or takes none and tells how long until there are enough.
  milliseconds take(steady_time now, double rate, double burst, double n = 1);

  /// Returns tokens of what was refused for another reason.
  void give_back(double n) { tokens_ += n; }

private:
  double tokens_ = -1; // -1: full, however big
  steady_time filled_at_{};
};

/// A bucket per name; 24 bytes each, kept until `clear`.
template <class Key>
class token_buckets {
public:
  milliseconds take(const Key& key, steady_time now, double rate, double burst, double n = 1) {
    return buckets_[key].take(now, rate, burst, n);
  }
  void give_back(const Key& key, double n) { buckets_[key].give_back(n); }
  void clear() { buckets_.clear(); }

private:
  std::unordered_map<Key, token_bucket> buckets_;
};

} // namespace neurocards::sandbox
