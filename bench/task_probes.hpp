#pragma once

#include "protocol/actors.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <caf/actor_system.hpp>

namespace neurocards::bench {

/// Timers without jitter beside those of polls, on the same wheel, scheduler and HTTP thread: each
/// asks a service again and again, and says in the request when it was to go out. So the service
/// sees how late requests start.
class task_probes {
public:
  using clock = std::chrono::steady_clock;

  task_probes(caf::actor_system&, const http_agent_actor&, const std::string& url, int count,
              caf::timespan interval);
  ~task_probes();
  task_probes(const task_probes&) = delete;
  task_probes& operator=(const task_probes&) = delete;

  /// How late a request is that came at `now` and was due at the time in its parameter `due`.
  static double lateness_ms(std::string_view due, clock::time_point now);

private:
  std::vector<caf::actor> probes_;
};

} // namespace neurocards::bench
