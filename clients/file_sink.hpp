#pragma once

#include "clients/file_worker.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace neurocards::http {

/// A new file that grows by what a transfer brings, written by a disk thread: the thread of the
/// engine never waits for a disk. What waits to be written is bounded. Whoever holds the sink may
/// let go of it at any time; the disk thread finishes what was started. The thread must live as
/// long as anybody but itself calls: it must not be its last holder, or it would have to join
/// itself.
class file_sink : public std::enable_shared_from_this<file_sink> {
public:
  enum class taken : uint8_t { yes, full, failed };

  /// `changed` is called, on the disk thread, when there is room again after `full`, when writing
  /// failed, and when the file is closed. It must neither block nor throw.
  file_sink(std::string path, storage::file_worker& disk, std::function<void()> changed);
  ~file_sink();
  file_sink(const file_sink&) = delete;
  file_sink& operator=(const file_sink&) = delete;

  /// Takes all of it or nothing.
  taken put(std::string_view data);

  /// Forgets what came so far.
  void restart();

  /// No more will come. Without `keep` nothing of the file is left.
  void close(bool keep);

  /// Ended on the disk, for good or ill.
  bool closed() const;

  /// Work is before the disk that it has not done.
  bool busy() const;

  /// errno of what went wrong; 0: nothing. `fault` tells what was tried.
  int error_number() const;
  std::string fault() const;

private:
  void schedule();
  void work();
  void fail(const char* action);
  bool open_file();
  void write_out(const std::string& data);
  void end_file();

  std::string path_;
  storage::file_worker& disk_;
  std::function<void()> changed_;

  mutable std::mutex mutex_; // guards the following
  std::string pending_;
  bool working_ = false; // a task for us is with the disk thread
  bool wanted_ = false;  // somebody waits for room
  bool closing_ = false;
  bool keep_ = false;
  bool closed_ = false;
  bool truncate_ = false; // before `pending_` is written
  int error_number_ = 0;
  std::string fault_;

  int fd_ = -1; // the disk thread's alone, as the next
  bool made_ = false;
};

} // namespace neurocards::http
