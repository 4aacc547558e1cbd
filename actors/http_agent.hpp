#pragma once

#include "actors/metrics.hpp"
#include "actors/watched_actor.hpp"
#include "base/reachability.hpp"
#include "clients/http_engine.hpp"
#include "protocol/actors.hpp"

#include <map>
#include <unordered_map>
#include <unordered_set>

namespace neurocards {

/// The node's way to web servers: one engine thread. When it dies, whoever waits hears
/// `broken_promise`; its parent starts another. When one who asked ends, so do his exchanges.
class http_agent {
public:
  static constexpr const char* name = "http_agent";

  /// `counts` show its figures under the label `agent`; `reach` is told of answers and their want.
  http_agent(http_agent_actor::pointer self, http::engine_config config,
             std::optional<metrics> counts = std::nullopt, std::string agent = {},
             std::shared_ptr<reachability> reach = nullptr);
  http_agent_actor::behavior_type make_behavior();

private:
  struct exchange {
    caf::typed_response_promise<http::response> promise;
    caf::actor_addr asker; // null: nobody to wait for
    uint64_t number = 0;   // the engine's
    bool called_off = false;
    std::string label; // the request's
    caf::actor_clock::time_point since;
  };

  caf::result<http::response> start(http::request& request);
  void watch(uint64_t id, const caf::strong_actor_ptr& asker);
  void forget(uint64_t id, const caf::actor_addr& asker);
  void on_down(const caf::actor_addr& asker);
  void finish(uint64_t id, http::response& answer);
  void note(http::outcome);
  void measure(const exchange&, const http::response&);
  void export_figures();

  http_agent_actor::pointer self_;
  std::optional<metrics> counts_;
  std::string agent_;
  std::shared_ptr<reachability> reach_;
  std::unordered_map<uint64_t, exchange> pending_;
  std::unordered_map<caf::actor_addr, std::unordered_set<uint64_t>> askers_;          // watched
  std::map<std::pair<std::string, std::string_view>, durations::histogram*> lengths_; // label, end
  uint64_t last_id_ = 0;
  bool exporting_ = false; // figures, every second while anything is under way
  http::engine engine_;    // last: its thread ends before what it answers to
};

using http_agent_impl = watched_impl<http_agent_actor, http_agent>;

} // namespace neurocards
