#include "clients/files.hpp"

#include "base/uuid.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace neurocards::storage::files {

namespace fs = std::filesystem;

namespace {

/// A descriptor that closes itself.
class file {
public:
  file(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
  ~file() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

private:
  int fd_;
};

bool sync(const std::string& path, int flags) {
  const file x{path, flags};
  return x.open() && ::fsync(x.fd()) == 0;
}

/// Copies within the kernel; false leaves errno.
bool copy(const std::string& from, const std::string& to) {
  const file source{from, O_RDONLY};
  const file target{to, O_WRONLY | O_CREAT | O_EXCL};
  if (!source.open() || !target.open())
    return false;
  constexpr size_t step = 1 << 20;
  ssize_t n = 0;
  do {
    n = ::sendfile(target.fd(), source.fd(), nullptr, step); // copy_file_range minds the border
  } while (n > 0 || (n < 0 && errno == EINTR));
  return n == 0;
}

/// Gets the content of `from` onto the file system of `to`, next to it.
bool bring_near(const std::string& from, const std::string& near) {
  if (copy(from, near) && sync(near, O_RDONLY))
    return true;
  const int error_number = errno;
  ::unlink(near.c_str());
  errno = error_number;
  return false;
}

bool rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0)
    return true;
  if (errno != EXDEV)
    return false;
  const auto near = to + ".part-" + to_string(uuid::random());
  if (!bring_near(from, near))
    return false;
  if (::rename(near.c_str(), to.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(near.c_str());
    errno = error_number;
    return false;
  }
  ::unlink(from.c_str());
  return true;
}

/// Makes a directory and those above it, each entry on the disk.
std::error_code make_durable_directory(const std::string& path) {
  std::error_code trouble;
  if (!fs::create_directories(path, trouble))
    return trouble;
  for (auto above = fs::path{path}.parent_path(); !above.empty(); above = above.parent_path())
    if (!sync(above.string(), O_RDONLY | O_DIRECTORY) || above == above.root_path())
      break; // up there are directories that are not ours to read
  return {};
}

result move_existing(const std::string& from, const std::string& to, int64_t bytes) {
  if (!sync(from, O_RDONLY))
    return failure(errno, "cannot write out " + from);
  const auto directory = fs::path{to}.parent_path().string();
  if (const auto trouble = make_durable_directory(directory))
    return failure(trouble.value(), "cannot create " + directory);
  if (!rename_file(from, to))
    return failure(errno, "cannot move a file to " + to);
  if (!sync(directory, O_RDONLY | O_DIRECTORY))
    return failure(errno, "cannot write out " + directory);
  result x;
  x.bytes = bytes;
  return x;
}

} // namespace

result failure(int error_number, const std::string& action) {
  result x;
  x.error = action + ": " + std::strerror(error_number);
  switch (error_number) {
    case ENOENT:
      x.fault = fault::not_found;
      break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: // RLIMIT_FSIZE
      x.fault = fault::disk_full;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      x.fault = fault::refused;
      break;
    default:
      x.fault = fault::unavailable;
      break;
  }
  return x;
}

result facts_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0)
    return failure(errno, "cannot read " + path);
  if (!S_ISREG(facts.st_mode))
    return failure(ENOENT, "not a file: " + path);
  result x;
  x.bytes = facts.st_size;
  return x;
}

result move_durably(const std::string& from, const std::string& to) {
  const auto source = facts_of(from);
  if (source.ok())
    return move_existing(from, to, source.bytes);
  const auto there = facts_of(to);
  if (there.ok() && source.fault == fault::not_found)
    return there; // a try before this one had moved it, and failed afterwards
  auto missing = source;
  if (missing.fault == fault::not_found)
    missing.fault = fault::invalid;
  return missing;
}

void make_directory(const std::string& path) {
  std::error_code trouble;
  fs::create_directories(path, trouble);
  if (trouble || !fs::is_directory(path))
    throw std::runtime_error("storage.path: cannot create " + path + ": " + trouble.message());
}

std::string fresh_path(const std::string& directory, std::string_view extension) {
  return directory + "/" + to_string(uuid::random()) + std::string{extension};
}

result remove_old(const std::string& directory, std::chrono::seconds age) {
  const auto limit = fs::file_time_type::clock::now() - age;
  result x;
  std::error_code trouble;
  for (fs::directory_iterator i{directory, trouble}, end; !trouble && i != end;
       i.increment(trouble)) {
    std::error_code gone; // somebody else may be done with a file meanwhile
    if (i->is_regular_file(gone) && i->last_write_time(gone) < limit && !gone
        && fs::remove(i->path(), gone))
      ++x.bytes;
  }
  return trouble ? failure(trouble.value(), "cannot read " + directory) : x;
}

result try_writing(const std::string& directory) {
  const auto path = fresh_path(directory, ".check");
  {
    const file x{path, O_WRONLY | O_CREAT | O_EXCL};
    if (!x.open())
      return failure(errno, "cannot create a file in " + directory);
    if (::write(x.fd(), "x", 1) != 1 || ::fsync(x.fd()) != 0) {
      auto fault = failure(errno, "cannot write in " + directory);
      ::unlink(path.c_str());
      return fault;
    }
  }
  ::unlink(path.c_str());
  return {};
}

} // namespace neurocards::storage::files
