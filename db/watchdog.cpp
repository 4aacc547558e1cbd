#include "db/watchdog.hpp"

#include "base/log.hpp"

#include <algorithm>

#include <sys/socket.h>

namespace neurocards::db {

namespace {

constexpr auto never = std::chrono::steady_clock::time_point::max();

} // namespace

/// The first entry is the watchdog's own: without a socket, and due when it wakes.
watchdog::watchdog() : armed_{entry{-1, never}}, thread_([this] { run(); }) {
  // nop
}

watchdog::~watchdog() {
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

watchdog::guard watchdog::arm(int socket, std::chrono::milliseconds patience) {
  const std::lock_guard hold{mutex_};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  armed_.push_back({socket, deadline});
  if (deadline < armed_.front().deadline)
    wake_.notify_one();
  return {*this, std::prev(armed_.end())};
}

void watchdog::disarm(entries::iterator position) {
  const std::lock_guard hold{mutex_};
  armed_.erase(position);
}

/// Most calls last a millisecond: it wakes when one would have been too long, and finds it ended.
void watchdog::run() {
  std::unique_lock hold{mutex_};
  while (!stopping_) {
    auto next = never;
    for (const auto& x : armed_)
      if (x.socket >= 0)
        next = std::min(next, x.deadline);
    armed_.front().deadline = next;
    if (next == never)
      wake_.wait(hold);
    else
      wake_.wait_until(hold, next);
    cut_overdue();
  }
}

void watchdog::cut_overdue() {
  const auto now = std::chrono::steady_clock::now();
  for (auto& x : armed_) {
    if (x.socket >= 0 && x.deadline <= now) {
      log::warn("db.connection_cut", "reason", "no answer in time");
      ::shutdown(x.socket, SHUT_RDWR);
      x.socket = -1; // once is enough
    }
  }
}

} // namespace neurocards::db
