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
  changed_.notify_all();
  thread_.join();
}

void series_recorder::run() {
  log::spell crowded;
  auto due = clock::now();
  for (;;) {
    const auto values = read_metrics(source_());
    std::unique_lock guard{mutex_};
    history_.add(values, unix_time());
    if (const auto left_out = history_.left_out(); left_out > 0 && crowded.should_log())
      log::warn("series_recorder.full", "kept", series_history::most_series, "left_out", left_out);
    pace_.on_reading(values, clock::now());
    // A question shortens the wait that is under way.
    while (!ends_ && clock::now() < due + pace_.step(due))
      changed_.wait_until(guard, due + pace_.step(due));
    if (ends_)
      return;
    const auto now = clock::now();
    due += pace_.step(due);
    if (now - due >= series_pace::busy_step) // no step is made up for
      due = now;
  }
}

series_history::answer series_recorder::read(const std::string& name,
                                             std::chrono::seconds since) const {
  const std::lock_guard guard{mutex_};
  pace_.on_question(clock::now());
  changed_.notify_all();
  return history_.read(name, since, unix_time());
}

std::vector<std::string> series_recorder::names() const {
  const std::lock_guard guard{mutex_};
  return history_.names();
}

} // namespace neurocards
