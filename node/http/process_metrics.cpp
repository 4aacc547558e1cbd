#include "node/http/process_metrics.hpp"

#include "actors/actor_kinds.hpp"
#include "actors/stalls.hpp"
#include "base/log.hpp"
#include "node/build.hpp"
#include "node/http/exposition.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

namespace neurocards {

namespace {

/// A whole figure of every kind of actor.
void add_of_kinds(exposition& to, std::atomic<int64_t> actor_kind::*figure) {
  for (const auto* kind : all_kinds())
    to.sample(static_cast<double>((kind->*figure).load()), {{"kind", kind->name}});
}

void add_actors(exposition& to) {
  to.family("neurocards_actor_alive", "gauge", "Actors that live, by kind.");
  add_of_kinds(to, &actor_kind::alive);
  to.family("neurocards_actor_spawned_total", "counter", "Actors started since the process began.");
  add_of_kinds(to, &actor_kind::spawned);
  to.family("neurocards_actor_rejected_total", "counter", "Messages to actors that had ended.");
  add_of_kinds(to, &actor_kind::rejected);
  to.family("neurocards_actor_stalls_total", "counter",
            "Handlers that kept a thread for 25 ms or longer.");
  for (const auto* kind : all_kinds())
    to.sample(static_cast<double>(kind->stalls.load() + running_stalls(*kind)),
              {{"kind", kind->name}});
  to.family("neurocards_actor_busy_seconds_total", "counter", "Time spent in handlers.");
  for (const auto* kind : all_kinds())
    to.sample(static_cast<double>(kind->busy_ns.load()) / 1e9, {{"kind", kind->name}});
  to.family("neurocards_actor_ended_total", "counter", "Actors that ended, by how.");
  for (const auto* kind : all_kinds())
    for (size_t i = 0; i < actor_end_names.size(); ++i)
      to.sample(static_cast<double>(kind->ended[i].load()),
                {{"kind", kind->name}, {"reason", actor_end_names[i]}});
}

void add_handling(exposition& to) {
  std::array<double, handling_times::ends.size()> ends{};
  std::ranges::transform(handling_times::ends, ends.begin(),
                         [](int64_t ns) { return static_cast<double>(ns) / 1e9; });
  to.family("neurocards_actor_handling_seconds", "histogram", "How long handlers took.");
  for (const auto* kind : all_kinds())
    for (const auto& x : kind->handling.read())
      to.distribution(ends, x.counts, static_cast<double>(x.sum_ns) / 1e9,
                      {{"kind", kind->name}, {"message", x.key == 0 ? "other" : text_of(x.key)}});
}

void add_log(exposition& to) {
  using log::level;
  to.family("neurocards_log_lines_total", "counter", "Lines logged, by level.");
  for (const auto& [severity, name] :
       {std::pair{level::trace, "trace"}, std::pair{level::debug, "debug"},
        std::pair{level::info, "info"}, std::pair{level::warn, "warn"},
        std::pair{level::error, "error"}})
    to.sample(static_cast<double>(log::lines_written(severity)), {{"level", name}});
}

int open_descriptors() {
  auto* folder = ::opendir("/proc/self/fd");
  if (!folder)
    return -1;
  int count = -3;           // ".", ".." and the folder itself
  while (::readdir(folder)) // NOLINT(concurrency-mt-unsafe): each call has a stream of its own
    ++count;
  ::closedir(folder);
  return count;
}

/// Fields of /proc/self/stat (proc(5)), counted from 1; 0 where there is no such file.
struct own_stat {
  double threads = 0;    // field 20
  double start_tick = 0; // field 22, since the machine's start
};

own_stat read_stat() {
  std::ifstream in{"/proc/self/stat"};
  std::string text;
  std::getline(in, text);
  own_stat result;
  const auto behind_name = text.rfind(')'); // the name, field 2, may hold blanks
  if (behind_name == std::string::npos)
    return result;
  auto position = behind_name + 1;
  for (int field = 3; field <= 22; ++field) {
    position = text.find_first_not_of(' ', position);
    if (position == std::string::npos)
      return result;
    const auto end = text.find(' ', position);
    if (field == 20)
      result.threads = std::strtod(text.c_str() + position, nullptr);
    if (field == 22)
      result.start_tick = std::strtod(text.c_str() + position, nullptr);
    position = end;
  }
  return result;
}

/// When the machine started, in Unix seconds; 0 where /proc does not say.
double boot_time() {
  std::ifstream in{"/proc/stat"};
  for (std::string word; in >> word;)
    if (double seconds = 0; word == "btime" && in >> seconds)
      return seconds;
  return 0;
}

void add_process(exposition& to) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const auto stat = read_stat();
  static const double started =
    boot_time() + stat.start_tick / static_cast<double>(::sysconf(_SC_CLK_TCK));
  to.family("process_open_fds", "gauge", "File descriptors that are open.");
  to.sample(open_descriptors());
  to.family("process_max_fds", "gauge", "File descriptors that may be open.");
  to.sample(static_cast<double>(files.rlim_cur));
  to.family("process_threads", "gauge", "Threads of the process.");
  to.sample(stat.threads);
  to.family("process_start_time_seconds", "gauge", "When the process began, in Unix seconds.");
  to.sample(started);
}

} // namespace

std::string process_metrics() {
  exposition to;
  add_actors(to);
  if (handling_times::is_on())
    add_handling(to);
  add_log(to);
  to.family("neurocards_build_info", "gauge", "1; its labels say what runs.");
  to.sample(1, {{"version", build::version}, {"commit", build::commit}});
  add_process(to);
  return std::move(to).text();
}

} // namespace neurocards
