#pragma once

#include "node/http/series_history.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace neurocards {

/// Reads this node's metrics once a second, on a thread of its own, and keeps their history.
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
  void run();

  std::function<std::string()> source_;
  mutable std::mutex mutex_; // guards all below
  std::condition_variable end_;
  bool ends_ = false;
  series_history history_;
  std::thread thread_;
};

} // namespace neurocards
