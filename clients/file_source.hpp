#pragma once

#include "clients/file_worker.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace neurocards::http {

/// A file that a transfer sends, read ahead by a disk thread: the thread of the engine never waits
/// for a disk. What has been read and not yet taken is bounded. Whoever holds the source may let go
/// of it at any time, by `drop`. For the disk thread holds what `file_sink` says of it.
class file_source : public std::enable_shared_from_this<file_source> {
public:
  /// What `take` gives when the disk has nothing yet, or never will.
  enum class lack : uint8_t { later, failed };
  struct portion {
    size_t bytes = 0; // put where the caller wanted them; 0 without a lack: the end
    std::optional<lack> none;
  };

  /// `changed` is called, on the disk thread, when the size is known, when there are bytes again
  /// after `later`, and when reading failed. It must neither block nor throw.
  file_source(std::string path, storage::file_worker& disk, std::function<void()> changed);
  ~file_source();
  file_source(const file_source&) = delete;
  file_source& operator=(const file_source&) = delete;

  /// Finds out the size, once.
  void find_size();

  /// In bytes; empty until the disk has told, and for ever if it failed.
  std::optional<int64_t> size() const;

  /// Gives at most `room` bytes of what follows.
  portion take(char* out, size_t room);

  /// What follows is at `offset` now.
  void go_to(int64_t offset);

  /// Nobody wants more of it.
  void drop();

  const std::string& path() const { return path_; }

  /// errno of what went wrong (EINVAL: no regular file); 0: nothing. `fault` tells what was tried.
  int error_number() const;
  std::string fault() const;

private:
  void schedule(void (file_source::*work)());
  void measure();
  void read_on();
  bool open_file();
  void fail(int error_number);

  const std::string path_;
  storage::file_worker& disk_;
  std::function<void()> changed_;

  mutable std::mutex mutex_; // guards the following
  std::optional<int64_t> size_;
  std::string ready_;    // read ...
  size_t taken_ = 0;     // ... and of it these were taken
  int64_t next_ = 0;     // where the disk reads on
  uint64_t jumps_ = 0;   // how often `go_to` was called
  bool working_ = false; // a task for us is with the disk thread
  bool wanted_ = false;  // somebody waits for bytes
  int error_number_ = 0;
  std::string fault_;

  int fd_ = -1; // the disk thread's alone
};

} // namespace neurocards::http
