#pragma once

#include "node/http/series_history.hpp"
#include "node/http/series_pace.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace neurocards {

/// Reads this node's metrics on a thread of its own, as often as `series_pace` says, and keeps
/// their history.
class series_recorder {
public:
  /// `source` returns Prometheus' text; called on the recorder's thread.
  explicit series_recorder(std::function<std::string()> source);
  ~series_recorder();

  series_recorder(const series_recorder&) = delete;
  series_recorder& operator=(const series_recorder&) = delete;

  /// From any thread.
  series_history::answer read(const std::string& name, std::chrono::seconds since) const;
  std::vector<std::string> names() const;

private:
  using clock = std::chrono::steady_clock;

  void run();

  std::function<std::string()> source_;
  mutable std::mutex mutex_; // guards all below
  mutable std::condition_variable changed_;
  bool ends_ = false;
  mutable series_pace pace_; // reading the history is a question, too
  series_history history_;
  std::thread thread_;
};

} // namespace neurocards
