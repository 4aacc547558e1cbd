#include "db/lane.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"

namespace neurocards::db {

namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 100ms;
constexpr auto longest_pause = 3s;
constexpr auto look_around = 500ms; // how often an idle lane looks at its connection and the queues

} // namespace

lane::lane(connection_config config, scheduler& source, watchdog& dog)
  : scheduler_(source), session_(std::move(config), dog), thread_([this] { run(); }) {
  // nop
}

lane::~lane() {
  thread_.join();
}

void lane::run() {
  while (!scheduler_.stopping()) {
    scheduler_.expire();
    if (!session_.is_open() && !reconnect())
      continue;
    if (auto task = scheduler_.next(look_around); task.what)
      work(std::move(task));
  }
}

bool lane::reconnect() {
  if (connected_.exchange(false))
    ++connections_lost_;
  const auto err = session_.open();
  if (!err) {
    if (failed_connects_ > 0)
      log::info("db.lane_reconnected", "tries", failed_connects_);
    failed_connects_ = 0;
    connected_ = true;
    return true;
  }
  ++failed_connects_;
  if ((failed_connects_ & (failed_connects_ - 1)) == 0)
    log::warn("db.connect_failed", "tries", failed_connects_, "error", err);
  // In steps, so that waiting requests run out of patience in time.
  auto pause = with_jitter(std::min<std::chrono::nanoseconds>(
    first_pause * (1 << std::min(failed_connects_, 6)), longest_pause));
  for (; pause > 0ns && !scheduler_.stopping(); pause -= 200ms) {
    scheduler_.pause(std::chrono::ceil<std::chrono::milliseconds>(
      std::min<std::chrono::nanoseconds>(pause, 200ms)));
    scheduler_.expire();
  }
  return false;
}

void lane::work(scheduler::task task) {
  const auto begin = std::chrono::steady_clock::now();
  const size_t failed = task.what->run(session_);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  scheduler_.finished(*task.from, task.what->size(), failed, took.count());
  if (failed > 0)
    log::warn("db.requests_failed", "kind", task.from->stats.kind, "failed", failed, "of",
              task.what->size());
}

} // namespace neurocards::db
