#include "node/process.hpp"

#include "base/sanitizer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string_view>

namespace neurocards {

namespace {

constexpr rlim_t enough_files = 65'536;

} // namespace

void guard_memory() {
  const char* asked = std::getenv("NEUROCARDS_CORES"); // NOLINT: nobody changes the environment
  if (has_address_sanitizer || (asked && std::string_view{asked} == "1"))
    return;
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  const auto wanted = std::min(files.rlim_max, enough_files);
  if (files.rlim_cur >= wanted)
    return;
  files.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &files);
}

void hold_back_reloads() {
  sigset_t reload;
  sigemptyset(&reload);
  sigaddset(&reload, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &reload, nullptr);
}

void keep_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      ::open("/dev/null", O_RDWR); // takes the lowest number that is free: this one
}

void write_in_background() {
  std::signal(SIGTTOU, SIG_IGN); // NOLINT: nothing better for this one
}

void keep_own_access() {
  const auto given = ::umask(0);
  ::umask(given & ~static_cast<mode_t>(S_IRWXU));
}

int finish_output(int code) {
  errno = 0;
  std::cout.flush();
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  const int reason = errno;
  if (!failed)
    return code;
  pollfd reader{STDOUT_FILENO, POLLOUT, 0};
  if (reason == EPIPE || (::poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR) != 0))
    return code;
  std::cerr << "neurocards: the output could not be written"
            << (reason == 0 ? std::string{} : std::string{": "} + std::strerror(reason)) << '\n';
  return code == 0 ? 1 : code;
}

} // namespace neurocards
