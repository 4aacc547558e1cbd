#include "node/resources.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace neurocards {

namespace {

constexpr uint64_t mebibyte = 1024 * 1024;
constexpr uint64_t enough_open_files = 1024;
constexpr uint64_t enough_threads = 64;
constexpr uint64_t enough_memory = 256 * mebibyte;
constexpr uint64_t enough_disk = 1024 * mebibyte;
constexpr uint64_t enough_files = 10'000;
constexpr uint64_t longest_video = 200 * mebibyte;

std::optional<uint64_t> limit_of(__rlimit_resource resource) {
  rlimit x{};
  if (getrlimit(resource, &x) != 0 || x.rlim_cur == RLIM_INFINITY)
    return std::nullopt;
  return x.rlim_cur;
}

/// The number in a file of the kernel; nullopt for "max" and for files that are not there.
std::optional<uint64_t> number_in(const std::string& path) {
  std::ifstream in{path};
  uint64_t result = 0;
  if (in >> result)
    return result;
  return std::nullopt;
}

/// Every group above ours may set the limit: the tightest counts.
std::optional<uint64_t> of_control_groups(const std::string& file) {
  std::ifstream in{"/proc/self/cgroup"};
  std::string path;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::"))
      path = line.substr(3);
  std::optional<uint64_t> result;
  for (std::filesystem::path folder{path.empty() ? "/" : path};; folder = folder.parent_path()) {
    const auto x =
      number_in("/sys/fs/cgroup" + (folder == "/" ? "" : folder.string()) + "/" + file);
    if (x)
      result = std::min(result.value_or(*x), *x);
    if (folder == folder.parent_path())
      return result;
  }
}

/// The tighter one of two limits.
std::optional<uint64_t> tighter(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  if (!a || !b)
    return a ? a : b;
  return std::min(*a, *b);
}

/// Tries by writing: rights, a read-only mount and a quota are the same from outside.
std::string fault_of_writing(const std::string& folder) {
  std::error_code err;
  std::filesystem::create_directories(folder, err);
  std::string name = folder + "/.neurocards.XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0)
    return std::strerror(errno);
  const bool written = ::write(file, "x", 1) == 1;
  const std::string fault = written ? "" : std::strerror(errno);
  ::close(file);
  ::unlink(name.c_str());
  return fault;
}

folder_room room_in(const std::string& key, const std::string& path) {
  folder_room result{key, path.empty() ? "." : path, {}, {}, {}};
  result.fault = fault_of_writing(result.path);
  struct statvfs x {};
  if (::statvfs(result.path.c_str(), &x) != 0)
    return result;
  result.free_bytes = static_cast<uint64_t>(x.f_bavail) * x.f_frsize;
  if (x.f_files > 0) // some file systems count none
    result.free_files = x.f_favail;
  return result;
}

std::string in_mebibytes(uint64_t bytes) {
  return std::to_string(bytes / mebibyte) + " MiB";
}

void check(const folder_room& x, std::vector<std::string>& out) {
  const auto where = x.key + " (" + x.path + "): ";
  if (!x.fault.empty())
    out.push_back(where + "nothing can be written there: " + x.fault);
  if (x.free_bytes && *x.free_bytes < enough_disk)
    out.push_back(where + in_mebibytes(enough_disk) + " of free disk are wanted, "
                  + in_mebibytes(*x.free_bytes) + " left");
  if (x.free_files && *x.free_files < enough_files)
    out.push_back(where + std::to_string(enough_files) + " more files (inodes) are wanted, "
                  + std::to_string(*x.free_files) + " left");
}

} // namespace

machine_room measure(const config::all& settings) {
  machine_room result;
  result.open_files = limit_of(RLIMIT_NOFILE);
  result.file_size = limit_of(RLIMIT_FSIZE);
  result.memory = tighter(of_control_groups("memory.max"), limit_of(RLIMIT_AS));
  result.threads = of_control_groups("pids.max");
  if (const auto taken = number_in("/sys/fs/cgroup/pids.current"); taken && result.threads)
    *result.threads -= std::min(*taken, *result.threads);
  if (::geteuid() != 0) // whom this limit does not bind
    result.threads = tighter(result.threads, limit_of(RLIMIT_NPROC));
  result.folders.push_back(room_in("storage.path", settings.storage.path));
  if (!settings.log.file.empty())
    result.folders.push_back(
      room_in("log.file", std::filesystem::path{settings.log.file}.parent_path().string()));
  return result;
}

std::vector<std::string> shortages(const machine_room& x) {
  std::vector<std::string> result;
  if (x.open_files && *x.open_files < enough_open_files)
    result.push_back("open files: " + std::to_string(enough_open_files) + " are wanted, "
                     + std::to_string(*x.open_files)
                     + " allowed (LimitNOFILE= of the unit, ulimit -n)");
  if (x.threads && *x.threads < enough_threads)
    result.push_back("threads: " + std::to_string(enough_threads) + " are wanted, "
                     + std::to_string(*x.threads) + " allowed (TasksMax= of the unit, ulimit -u)");
  if (x.memory && *x.memory < enough_memory)
    result.push_back("memory: " + in_mebibytes(enough_memory) + " are wanted, "
                     + in_mebibytes(*x.memory) + " allowed (MemoryMax= of the unit, ulimit -v)");
  if (x.file_size && *x.file_size < longest_video)
    result.push_back("size of a file: " + in_mebibytes(longest_video) + " are wanted, "
                     + in_mebibytes(*x.file_size)
                     + " allowed (LimitFSIZE= of the unit, ulimit -f)");
  for (const auto& folder : x.folders)
    check(folder, result);
  return result;
}

} // namespace neurocards
