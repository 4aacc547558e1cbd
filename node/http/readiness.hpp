#pragma once

#include "node/http/endpoint.hpp"
#include "node/services.hpp"

#include <caf/event_based_actor.hpp>

namespace neurocards {

/// Asks everything the node depends on whether it answers. Results are kept for a few seconds, so
/// that a frequent monitor costs the services nothing. Lives inside one actor.
class readiness {
public:
  using callback = std::function<void(std::vector<ready_check>)>;

  readiness(caf::event_based_actor* self, services services);

  /// Calls `done` once, at the latest after a few seconds.
  void ask(callback done);

private:
  void probe_database();
  void probe(std::string name, const http_agent_actor& by, http::request request,
             std::function<std::string(const http::response&)> fault_of);
  void start();
  void report(ready_check);

  caf::event_based_actor* self_;
  services services_;
  store_actor<store::ping> store_;
  std::vector<callback> waiting_;
  std::vector<ready_check> results_;
  size_t expected_ = 0;
  bool probing_ = false;
  caf::actor_clock::time_point probed_at_{};
};

} // namespace neurocards
