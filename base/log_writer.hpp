#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace neurocards::log {

/// Lines on their way to a file or to standard error. A thread of its own writes them: whoever
/// reads our output, or does not (a full pipe, a stopped terminal, a full disk, a FIFO without a
/// reader), stops nobody who logs. What does not fit into `most_bytes` meanwhile is dropped and
/// counted.
class writer {
public:
  static constexpr size_t most_bytes = 4 * 1024 * 1024;

  /// The line that says how many were dropped.
  using reporter = std::function<std::string(uint64_t dropped)>;

  /// `file` empty: standard error. Throws std::runtime_error when `file` cannot be opened. `report`
  /// is called on the writer's thread.
  writer(const std::string& file, reporter report);

  /// Returns at once. What is waiting is written all the same, if somebody takes it.
  ~writer();

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// Never waits. The line ends with a line feed.
  void put(std::string line);

  /// Waits until all that was put has been written or dropped, at most for `limit`.
  bool flush(std::chrono::milliseconds limit);

  /// Lines that nobody took.
  uint64_t dropped() const;

private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

} // namespace neurocards::log
