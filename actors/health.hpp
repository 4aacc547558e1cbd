#pragma once

#include "actors/health_config.hpp"
#include "actors/watched_actor.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/request_list.hpp"

#include <caf/disposable.hpp>

namespace neurocards {

/// What `health` asks the database.
using health_store_actor = store_actor<store::heartbeat, store::leave_cluster>;

/// Beats the node's heart in the database. One row renews the leases of all jobs of the node; when
/// beats fail for most of a lease the node fences itself before others take over, and goes on as a
/// new incarnation when the database answers again.
class health {
public:
  static constexpr const char* name = "health";

  health(health_actor::pointer self, health_config config, health_store_actor store);
  health_actor::behavior_type make_behavior();

private:
  void beat_later();
  void beat();
  void send_beat(const node_stats&);
  double claims_per_second(const node_stats&);
  void on_beat(const store::heartbeat_outcome&, incarnation, caf::actor_clock::time_point);
  void fence_later(caf::actor_clock::time_point);
  void fence(std::string_view reason);
  void tell_claimer(incarnation);
  void drain(caf::typed_response_promise<void>);

  health_actor::pointer self_;
  health_config config_;
  health_store_actor store_;
  queue_claimer_actor claimer_;
  incarnation node_;
  uint64_t claimed_ = 0; // as of the last beat
  caf::actor_clock::time_point counted_at_;
  bool alive_ = false; // the database knows this incarnation
  bool beating_ = false;
  bool draining_ = false;
  caf::disposable fence_; // goes off when no beat was stored for too long
  log::limiter failures_;
};

using health_impl = watched_impl<health_actor, health>;

} // namespace neurocards
