#include "clients/file_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace neurocards::http {

namespace {

/// Bytes read at once, and left when the disk is asked for more.
constexpr size_t portion_size = 256 * 1024;
constexpr size_t low_water = 64 * 1024;

ssize_t read_from(int fd, std::string& out, int64_t offset) {
  ssize_t n = 0;
  do
    n = ::pread(fd, out.data(), out.size(), offset);
  while (n < 0 && errno == EINTR);
  return n;
}

} // namespace

file_source::file_source(std::string path, storage::file_worker& disk,
                         std::function<void()> changed)
  : path_(std::move(path)), disk_(disk), changed_(std::move(changed)) {}

file_source::~file_source() {
  if (fd_ >= 0)
    ::close(fd_);
}

void file_source::find_size() {
  schedule(&file_source::measure);
}

std::optional<int64_t> file_source::size() const {
  const std::lock_guard guard{mutex_};
  return size_;
}

file_source::portion file_source::take(char* out, size_t room) {
  portion result;
  {
    const std::lock_guard guard{mutex_};
    if (error_number_ != 0)
      return {0, lack::failed};
    result.bytes = std::min(room, ready_.size() - taken_);
    std::memcpy(out, ready_.data() + taken_, result.bytes);
    taken_ += result.bytes;
    const bool more = next_ < size_.value_or(0);
    if (result.bytes == 0 && more) {
      result.none = lack::later;
      wanted_ = true;
    }
    if (!more || ready_.size() - taken_ > low_water || std::exchange(working_, true))
      return result;
  }
  schedule(&file_source::read_on);
  return result;
}

void file_source::go_to(int64_t offset) {
  const std::lock_guard guard{mutex_};
  ready_.clear();
  taken_ = 0;
  next_ = offset;
  ++jumps_;
}

void file_source::drop() {
  // The last to hold it is the disk thread, which may wait for the file to be closed.
  disk_.submit([me = shared_from_this()] { return storage::result{}; },
               [](const storage::result&) {});
}

int file_source::error_number() const {
  const std::lock_guard guard{mutex_};
  return error_number_;
}

std::string file_source::fault() const {
  const std::lock_guard guard{mutex_};
  return fault_;
}

void file_source::schedule(void (file_source::*work)()) {
  disk_.submit(
    [me = shared_from_this(), work] {
      (me.get()->*work)();
      return storage::result{};
    },
    [me = shared_from_this()](const storage::result& x) {
      if (!x.ok())
        me->fail(EAGAIN); // too much disk work is waiting
    });
}

/// The file is opened again to be read: thousands may wait for their turn.
void file_source::measure() {
  struct stat facts {};
  if (!open_file())
    return;
  const int fd = std::exchange(fd_, -1);
  const int error_number = ::fstat(fd, &facts) != 0 ? errno : S_ISREG(facts.st_mode) ? 0 : EINVAL;
  ::close(fd);
  if (error_number != 0)
    return fail(error_number);
  {
    const std::lock_guard guard{mutex_};
    size_ = facts.st_size;
  }
  changed_();
}

void file_source::read_on() {
  int64_t offset = 0;
  uint64_t jumps = 0;
  std::string data;
  {
    const std::lock_guard guard{mutex_};
    offset = next_;
    jumps = jumps_;
    data.resize(static_cast<size_t>(
      std::clamp<int64_t>(size_.value_or(0) - offset, 0, int64_t{portion_size})));
  }
  if (!open_file())
    return;
  const auto n = read_from(fd_, data, offset);
  if (n < 0 || (n == 0 && !data.empty()))
    return fail(n < 0 ? errno : ENODATA); // the file was cut meanwhile
  data.resize(static_cast<size_t>(n));
  bool tell = false;
  {
    const std::lock_guard guard{mutex_};
    working_ = false;
    tell = std::exchange(wanted_, false);
    if (jumps == jumps_) {
      ready_.erase(0, std::exchange(taken_, 0));
      ready_ += data;
      next_ += n;
    }
  }
  if (tell)
    changed_();
}

/// Opening a pipe that nobody writes must not wait; of a regular file O_NONBLOCK means nothing.
bool file_source::open_file() {
  if (fd_ < 0)
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd_ < 0)
    fail(errno);
  return fd_ >= 0;
}

void file_source::fail(int error_number) {
  {
    const std::lock_guard guard{mutex_};
    if (error_number_ != 0)
      return;
    error_number_ = error_number;
    fault_ = error_number == EINVAL ? "not a regular file: " + path_
             : error_number == ENODATA
               ? "cannot read " + path_ + ": it became shorter"
               : "cannot read " + path_ + ": " + std::strerror(error_number);
  }
  changed_();
}

} // namespace neurocards::http
