#pragma once

#include "actors/watched_actor.hpp"
#include "protocol/actors.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace neurocards {

/// What a started role consists of.
struct role_members {
  std::vector<caf::actor> draining; // asked to drain, in this order, one after the other
  std::vector<caf::actor> others;   // ended when those have drained
  std::vector<std::shared_ptr<void>> resources; // leader locks, listeners: released last
};

/// How a role is started: once now, and again when one of its actors has died. `start` hands over
/// each member as soon as it lives: should it throw, those are ended before the next try.
struct role {
  node_role name = node_role::worker;
  std::function<void(role_members&)> start;
};

/// Keeps one role alive on this node. Its actors depend on each other, so when one dies all of them
/// are ended and started again after a pause that grows with every crash in a row; a start that
/// fails counts as a crash. Nothing is lost by that: what matters is in the database.
class role_group {
public:
  static constexpr const char* name = "role_group";

  role_group(role_group_actor::pointer self, role role);
  role_group_actor::behavior_type make_behavior();

private:
  void start();
  void on_down(const caf::down_msg&);
  void restart_later(const caf::error& reason);
  void end_members();
  void drain_next();

  role_group_actor::pointer self_;
  role role_;
  role_members members_;
  caf::actor_clock::time_point started_at_;
  int crashes_ = 0; // in a row, each soon after the start
  bool restarting_ = false;
  bool draining_ = false;
  size_t drained_members_ = 0;
  caf::typed_response_promise<void> drained_;
};

using role_group_impl = watched_impl<role_group_actor, role_group>;

} // namespace neurocards
