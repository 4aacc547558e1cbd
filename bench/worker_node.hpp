#pragma once

#include "actors/timer_wheel.hpp"
#include "bench/server.hpp"
#include "node/roles.hpp"

#include <filesystem>
#include <functional>

namespace neurocards::bench {

/// What is outside of a node.
struct surroundings {
  std::string provider_url{}; // empty: a stand-in within the process that answers at once
  caf::timespan poll_interval = std::chrono::milliseconds{1};
  std::function<void()> script_begun =
    nullptr; // told when OpenAI is to be shown a job's photo; none: templates
};

/// A node with the roles worker and notifier, wired as in production; only the world outside is
/// made of stand-ins.
class worker_node {
public:
  worker_node(caf::actor_system&, const test::empty_database&, const surroundings& = {});
  ~worker_node();
  worker_node(const worker_node&) = delete;
  worker_node& operator=(const worker_node&) = delete;

  const services& context() const { return services_; }

private:
  std::filesystem::path folder_;
  caf::actor_system& sys_;
  timer_wheel_actor wheel_;
  services services_;
  std::vector<role_members> roles_;
};

} // namespace neurocards::bench
