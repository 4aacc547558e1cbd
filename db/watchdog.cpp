#include "db/watchdog.hpp"

#include "base/log.hpp"

#include <sys/socket.h>

namespace neurocards::db {

using namespace std::chrono_literals;

watchdog::watchdog() : thread_([this] { run(); }) {
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
  const bool asleep = armed_.empty();
  armed_.push_back({socket, std::chrono::steady_clock::now() + patience});
  if (asleep)
    wake_.notify_one();
  return {*this, std::prev(armed_.end())};
}

void watchdog::disarm(entries::iterator position) {
  const std::lock_guard hold{mutex_};
  armed_.erase(position);
}

void watchdog::run() {
  std::unique_lock hold{mutex_};
  while (!stopping_) {
    if (armed_.empty()) {
      wake_.wait(hold);
    } else {
      // Ticking is cheaper than being told of every call: most last a millisecond.
      wake_.wait_for(hold, 100ms, [this] { return stopping_; });
      cut_overdue();
    }
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
