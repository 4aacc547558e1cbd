#include "bench/usage.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

namespace neurocards::bench {

namespace {

double seconds_of(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0)
    throw std::runtime_error("a process whose time was to be read is gone");
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The fields of /proc/PID/stat after the name, which stands in brackets; empty: it is gone.
std::vector<double> fields_of(const std::string& pid) {
  std::ifstream in{"/proc/" + pid + "/stat"};
  std::string line;
  if (!std::getline(in, line))
    return {};
  std::istringstream rest{line.substr(line.rfind(')') + 4)}; // and after the letter of its state
  return {std::istream_iterator<double>{rest}, {}};
}

constexpr size_t parent = 0;
constexpr size_t user_time = 10; // then that of the system, and both of children that have ended

} // namespace

double family_cpu_seconds(pid_t pid) {
  double ticks = 0;
  const auto own = fields_of(std::to_string(pid));
  for (size_t i = 0; i < 4 && own.size() > user_time + i; ++i)
    ticks += own[user_time + i];
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    const auto other = fields_of(name);
    if (other.size() > user_time + 1 && static_cast<pid_t>(other[parent]) == pid)
      ticks += other[user_time] + other[user_time + 1];
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

pid_t server_of(test::empty_database& db) {
  return std::stoi(db.value("SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)"));
}

double cpu_seconds(pid_t pid) {
  clockid_t clock{};
  if (::clock_getcpuclockid(pid, &clock) != 0)
    throw std::runtime_error("a process whose time was to be read is gone");
  return seconds_of(clock);
}

shares_meter::shares_meter(installation& x, pid_t node)
  : node_(node), server_(server_of(x.db)), services_(x.services.program().pid()), before_(total()) {
}

cpu_shares shares_meter::for_each(int count) const {
  const auto now = total();
  const double to_ms = 1000.0 / count;
  return {to_ms * (now.own - before_.own), to_ms * (now.server - before_.server),
          to_ms * (now.services - before_.services)};
}

cpu_shares shares_meter::total() const {
  return {cpu_seconds(node_), family_cpu_seconds(server_), cpu_seconds(services_)};
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
