#include "db/lane.hpp"

#include "base/jitter.hpp"
#include "protocol/fwd.hpp"

namespace neurocards::db {

namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 100ms;
constexpr auto longest_pause = 3s;
constexpr auto poll_interval = 2s; // of an idle lane: its connection and the queues

} // namespace

lane::lane(connection_config config, scheduler& source, watchdog& dog, way through)
  : scheduler_(source), way_(through), session_(std::move(config), dog),
    thread_([this] { run(); }) {
  // nop
}

lane::~lane() {
  thread_.join();
}

void lane::run() {
  while (!scheduler_.stopping()) {
    try {
      scheduler_.expire();
      if (!session_.is_open() && !reconnect())
        continue;
      if (auto task = scheduler_.next(way_, poll_interval, worked_); task.work)
        work(std::move(task));
    } catch (const std::exception& err) { // out of this thread it would end the process
      log::error("db.lane_threw", "error", err.what(), "advice", "report this");
      scheduler_.pause(first_pause);
    }
  }
}

bool lane::reconnect() {
  if (connected_.exchange(false))
    ++connections_lost_;
  scheduler_.set_open(way_, false);
  const auto err = session_.open();
  if (!err) {
    if (failed_connects_ > 0)
      log::info("db.lane_reconnected", "tries", failed_connects_);
    failed_connects_ = 0;
    connected_ = true;
    scheduler_.set_open(way_, true);
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
  if (!session_.is_open() && !session_.open())
    ++connections_lost_; // while it was idle: not the fault of whoever asks now
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = run(task);
  worked_ = std::chrono::steady_clock::now();
  const std::chrono::duration<double> took = worked_ - begin;
  const auto size = task.work->size();
  const auto kind = task.from->stats.kind;
  scheduler_.finished(task, outcome, took.count());
  if (outcome.failed > 0)
    log::warn("db.requests_failed", "kind", kind, "failed", outcome.failed, "of", size);
  if (outcome.set_aside == 0)
    waits_.reset();
  else if (waits_.should_log())
    log::warn("db.requests_set_aside", "kind", kind, "locked", outcome.set_aside, "of", size,
              "times", waits_.count(), "advice",
              "none if it ends; else look for an open transaction in pg_stat_activity");
}

/// Whatever is thrown here would end the process, and with it every job of the node.
batch_outcome lane::run(scheduler::task& task) {
  try {
    return task.work->run(session_, task.mode, task.deadline);
  } catch (const std::exception& err) {
    log::error("db.batch_threw", "kind", task.from->stats.kind, "error", err.what(), "advice",
               "report this");
    session_.close();
    task.work->fail(caf::make_error(ec::unavailable, std::string{err.what()}));
    return {.answered = task.work->size(), .failed = task.work->size()};
  }
}

} // namespace neurocards::db
