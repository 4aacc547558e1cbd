#pragma once

#include <deque>
#include <functional>

namespace neurocards {

/// How many videos are read and uploaded at once, first come, first served. Not an actor.
class upload_slots {
public:
  explicit upload_slots(int most) : free_(most) {}

  /// Calls `begin` when there is a slot, at once if there is one now. False from `begin`: the slot
  /// is not wanted any more. Else it is his until he calls `release`.
  void acquire(std::function<bool()> begin) {
    waiting_.push_back(std::move(begin));
    give();
  }

  void release() {
    ++free_;
    give();
  }

  /// Nobody waits any more; who has a slot keeps it.
  void stop() { waiting_.clear(); }

private:
  void give() {
    while (free_ > 0 && !waiting_.empty()) {
      const auto begin = std::move(waiting_.front());
      waiting_.pop_front();
      --free_;
      if (!begin())
        ++free_;
    }
  }

  int free_;
  std::deque<std::function<bool()>> waiting_;
};

} // namespace neurocards
