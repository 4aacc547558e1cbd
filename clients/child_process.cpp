#include "clients/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <shared_mutex>

namespace neurocards {

namespace {

constexpr int exit_not_found = 127; // as a shell says it
constexpr int niceness = 10;

/// Held by whoever has a child, alone by whoever takes any.
std::shared_mutex children;

void limit(int resource, uint64_t value) {
  const rlimit x{value, value};
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &x);
}

/// In the child, which has our memory until it runs its own program: system calls alone, and
/// nothing is written that we read.
[[noreturn]] void become(char* const* arguments, const child_limits& limits) {
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &by_default, nullptr);
  limit(RLIMIT_CPU, static_cast<uint64_t>(limits.cpu.count()));
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_FSIZE, limits.file);
  limit(RLIMIT_CORE, 0);
  ::setpriority(PRIO_PROCESS, 0, niceness);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; ++fd)
    ::dup2(nothing, fd);
  ::close_range(3, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr); // our threads block signals
  ::execvp(arguments[0], arguments);
  ::_exit(errno == ENOENT ? exit_not_found : exit_not_found - 1);
}

/// Whether it ended by itself; killed otherwise.
bool wait_for_end(pid_t child, std::chrono::seconds wall) {
  // By number: glibc 2.36 declares its function for C only.
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  if (handle < 0)
    return true; // an old kernel: the limit on CPU time has to do
  const auto deadline = std::chrono::steady_clock::now() + wall;
  int ready = 0;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
    pollfd x{handle, POLLIN, 0};
    ready = ::poll(&x, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  ::close(handle);
  if (ready > 0)
    return true;
  ::kill(child, SIGKILL);
  return false;
}

} // namespace

child_end run_child(const std::vector<std::string>& arguments, const child_limits& limits) {
  std::vector<std::string> texts = arguments;
  std::vector<char*> list; // made before the fork: a child may not allocate
  for (auto& x : texts)
    list.push_back(x.data());
  list.push_back(nullptr);
  const std::shared_lock mine{children};
  // A fork would copy the page tables of a process that may be large, and have all its threads
  // write to new pages afterwards. Here this thread waits until the child has become another
  // program.
  const pid_t child = ::vfork();
  if (child == 0)
    become(list.data(), limits);
  if (child < 0)
    return child_end::failed;
  const bool ended = wait_for_end(child, limits.wall);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return child_end::failed;
  if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return child_end::done;
  return WIFEXITED(status) && WEXITSTATUS(status) == exit_not_found ? child_end::not_found
                                                                    : child_end::failed;
}

void collect_orphans() {
  if (const std::unique_lock all{children, std::try_to_lock}; all.owns_lock())
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

} // namespace neurocards
