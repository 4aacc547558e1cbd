#include "clients/file_sink.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace neurocards::http {

namespace {

/// Bytes that may wait for the disk: enough for it to be always busy, little for a thousand files.
constexpr size_t room = 256 * 1024;

bool write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

} // namespace

file_sink::file_sink(std::string path, storage::file_worker& disk, std::function<void()> changed)
  : path_(std::move(path)), disk_(disk), changed_(std::move(changed)) {}

file_sink::~file_sink() {
  if (fd_ >= 0)
    ::close(fd_);
}

file_sink::taken file_sink::put(std::string_view data) {
  {
    const std::lock_guard guard{mutex_};
    if (error_number_ != 0)
      return taken::failed;
    if (!pending_.empty() && pending_.size() + data.size() > room) {
      wanted_ = true;
      return taken::full;
    }
    pending_ += data;
    if (std::exchange(working_, true))
      return taken::yes;
  }
  schedule();
  return taken::yes;
}

void file_sink::restart() {
  const std::lock_guard guard{mutex_};
  pending_.clear();
  truncate_ = true;
}

void file_sink::close(bool keep) {
  {
    const std::lock_guard guard{mutex_};
    if (closing_)
      return;
    closing_ = true;
    keep_ = keep;
    if (!keep)
      pending_.clear();
    if (std::exchange(working_, true))
      return;
  }
  schedule();
}

bool file_sink::closed() const {
  const std::lock_guard guard{mutex_};
  return closed_;
}

bool file_sink::busy() const {
  const std::lock_guard guard{mutex_};
  return working_;
}

int file_sink::error_number() const {
  const std::lock_guard guard{mutex_};
  return error_number_;
}

std::string file_sink::fault() const {
  const std::lock_guard guard{mutex_};
  return fault_;
}

/// One task per portion, so that files take turns on their thread.
void file_sink::schedule() {
  disk_.submit(
    [me = shared_from_this()] {
      me->work();
      return storage::result{};
    },
    [me = shared_from_this()](const storage::result& x) {
      if (x.ok())
        return;
      errno = EAGAIN; // too much disk work is waiting
      me->fail("cannot write");
      const std::lock_guard guard{me->mutex_};
      me->working_ = false;
      me->closed_ = me->closing_;
    });
}

void file_sink::work() {
  std::string data;
  bool truncate = false;
  bool wanted = false;
  {
    const std::lock_guard guard{mutex_};
    data.swap(pending_);
    truncate = std::exchange(truncate_, false);
    wanted = error_number_ == 0 && (!closing_ || keep_);
  }
  if (wanted && open_file()) {
    if (truncate && (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0))
      fail("cannot write");
    else
      write_out(data);
  }
  bool more = false;
  bool tell = false;
  bool end = false;
  {
    const std::lock_guard guard{mutex_};
    more = !pending_.empty() && error_number_ == 0;
    end = closing_ && !more;
    working_ = more || end;
    tell = std::exchange(wanted_, false);
  }
  if (tell)
    changed_();
  if (end)
    end_file();
  else if (more)
    schedule();
}

bool file_sink::open_file() {
  if (fd_ >= 0)
    return true;
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd_ < 0)
    fail("cannot create");
  else
    made_ = true;
  return fd_ >= 0;
}

void file_sink::write_out(const std::string& data) {
  if (!write_all(fd_, data))
    fail("cannot write");
}

void file_sink::end_file() {
  if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0)
    fail("cannot write");
  bool keep = false;
  {
    const std::lock_guard guard{mutex_};
    keep = keep_ && error_number_ == 0;
  }
  if (made_ && !keep)
    ::unlink(path_.c_str());
  {
    const std::lock_guard guard{mutex_};
    closed_ = true;
    working_ = false;
  }
  changed_();
}

void file_sink::fail(const char* action) {
  const int error_number = errno;
  {
    const std::lock_guard guard{mutex_};
    if (error_number_ != 0)
      return;
    error_number_ = error_number;
    fault_ = std::string{action} + " " + path_ + ": " + std::strerror(error_number);
    pending_.clear();
  }
  changed_();
}

} // namespace neurocards::http
