#include "base/log_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace neurocards::log {

namespace {

using namespace std::chrono_literals;

constexpr auto pause_after_failure = 1s;
constexpr int poll_interval_ms = 500;

} // namespace

/// What the thread works on. It outlives the writer while somebody keeps the thread waiting.
struct writer::shared {
  shared(std::string name, reporter by) : file(std::move(name)), report(std::move(by)) {}

  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;

  ~shared() {
    if (!file.empty() && fd >= 0)
      ::close(fd);
  }

  /// Opens `file`; 0, or errno. Without waiting: a FIFO may have no reader.
  int open() {
    fd =
      ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
    return fd >= 0 ? 0 : errno;
  }

  void run();
  void deliver(const std::string& line);
  bool write(std::string_view text);
  void lose(uint64_t lines);

  const std::string file; // empty: standard error
  const reporter report;
  int fd = STDERR_FILENO;
  bool torn = false; // a line was written in part: the next begins on a line of its own
  std::atomic<bool> closing = false;
  uint64_t untold = 0; // dropped since it was last said; of the thread
  std::mutex mutex;    // guards the rest
  std::condition_variable changed;
  std::deque<std::string> lines;
  size_t bytes = 0;
  bool writing = false;
  uint64_t dropped = 0;
  uint64_t overrun =
    0; // of `dropped`, those there was no room for, not yet taken over by the thread
};

void writer::shared::run() {
  std::unique_lock lock{mutex};
  for (;;) {
    changed.wait(lock, [this] { return closing || !lines.empty(); });
    if (lines.empty())
      return;
    const auto line = std::move(lines.front());
    lines.pop_front();
    bytes -= line.size();
    untold += std::exchange(overrun, 0);
    writing = true;
    lock.unlock();
    deliver(line);
    lock.lock();
    writing = false;
    changed.notify_all();
  }
}

void writer::shared::deliver(const std::string& line) {
  if (untold > 0 && write(report(untold)))
    untold = 0;
  if (untold == 0 && write(line))
    return;
  lose(1);
  std::unique_lock lock{mutex};
  changed.wait_for(lock, pause_after_failure, [this] { return closing.load(); });
}

void writer::shared::lose(uint64_t count) {
  untold += count;
  const std::lock_guard guard{mutex};
  dropped += count;
}

/// False when nobody takes the text: it is lost then. Waits for a reader who is only slow.
bool writer::shared::write(std::string_view text) {
  if (fd < 0 && open() != 0)
    return false;
  const std::string whole = torn ? "\n" + std::string{text} : std::string{text};
  for (std::string_view left = whole; !left.empty();) {
    const auto written = ::write(fd, left.data(), left.size());
    if (written >= 0) {
      left.remove_prefix(static_cast<size_t>(written));
      torn = !left.empty();
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN)
      return false;
    pollfd reader{fd, POLLOUT, 0};
    if (::poll(&reader, 1, poll_interval_ms) == 0 && closing)
      return false;
  }
  return true;
}

writer::writer(const std::string& file, reporter report)
  : shared_(std::make_shared<shared>(file, std::move(report))) {
  if (!file.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path{file}.parent_path(), ignored);
    if (const int fault = shared_->open(); fault != 0 && fault != ENXIO) // a FIFO without a reader
      throw std::runtime_error{file + ": " + std::strerror(fault)};
  }
  // No signal may be delivered here: those that the program waits for are blocked in all its
  // threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread{[x = shared_] { x->run(); }}.detach();
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

writer::~writer() {
  const std::lock_guard guard{shared_->mutex};
  shared_->closing = true;
  shared_->changed.notify_all();
}

void writer::put(std::string line) {
  const std::lock_guard guard{shared_->mutex};
  if (shared_->bytes + line.size() > most_bytes) {
    ++shared_->dropped;
    ++shared_->overrun;
    return;
  }
  shared_->bytes += line.size();
  shared_->lines.push_back(std::move(line));
  shared_->changed.notify_all();
}

bool writer::flush(std::chrono::milliseconds limit) {
  std::unique_lock lock{shared_->mutex};
  return shared_->changed.wait_for(lock, limit,
                                   [this] { return shared_->lines.empty() && !shared_->writing; });
}

uint64_t writer::dropped() const {
  const std::lock_guard guard{shared_->mutex};
  return shared_->dropped;
}

} // namespace neurocards::log
