#include "bench/usage.hpp"

#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace neurocards::bench {

namespace {

double seconds_of(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0)
    throw std::runtime_error("a process whose time was to be read is gone");
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

double cpu_seconds(pid_t pid) {
  clockid_t clock{};
  if (::clock_getcpuclockid(pid, &clock) != 0)
    throw std::runtime_error("a process whose time was to be read is gone");
  return seconds_of(clock);
}

double resident_bytes(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/statm"};
  double size = 0;
  double resident = 0;
  in >> size >> resident; // in pages
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double thread_cpu_seconds() {
  return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

} // namespace neurocards::bench
