#include "node/http/series_recorder.hpp"

#include "base/log_spell.hpp"

namespace neurocards {

namespace {

std::chrono::seconds unix_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(
    std::chrono::system_clock::now().time_since_epoch());
}

} // namespace

series_recorder::series_recorder(std::function<std::string()> source)
  : source_(std::move(source)), thread_([this] { run(); }) {}

series_recorder::~series_recorder() {
  {
    const std::lock_guard guard{mutex_};
    ends_ = true;
  }
  end_.notify_all();
  thread_.join();
}

void series_recorder::run() {
  log::spell crowded;
  auto due = std::chrono::steady_clock::now();
  for (;;) {
    const auto values = read_metrics(source_());
    std::unique_lock guard{mutex_};
    history_.add(values, unix_time());
    if (const auto left_out = history_.left_out(); left_out > 0 && crowded.should_log())
      log::warn("series_recorder.full", "kept", series_history::most_series, "left_out", left_out);
    due = std::max(due + series_history::shortest_step, std::chrono::steady_clock::now());
    if (end_.wait_until(guard, due, [this] { return ends_; }))
      return;
  }
}

series_history::answer series_recorder::read(const std::string& name,
                                             std::chrono::seconds since) const {
  const std::lock_guard guard{mutex_};
  return history_.read(name, since, unix_time());
}

std::vector<std::string> series_recorder::names() const {
  const std::lock_guard guard{mutex_};
  return history_.names();
}

} // namespace neurocards
