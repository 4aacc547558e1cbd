#pragma once

#include "actors/watched_actor.hpp"
#include "node/services.hpp"

namespace neurocards {

/// Its life is in its clock; it can be told to measure at once.
using node_watch_actor = caf::typed_actor<caf::result<void>(wake_atom)>;

/// Shows what a node can only measure by looking now and then: how busy its scheduler is, the room
/// on its disk, when its certificate runs out, whether Redis was lost.
class node_watch {
public:
  static constexpr const char* name = "node_watch";

  node_watch(node_watch_actor::pointer self, services);
  node_watch_actor::behavior_type make_behavior();

private:
  using time_point = std::chrono::steady_clock::time_point;

  void measure();
  void measure_scheduler(time_point now);
  void measure_disk();
  void measure_redis();

  node_watch_actor::pointer self_;
  services services_;
  caf::disposable next_;
  time_point last_;     // when the scheduler was measured,
  int64_t busy_ns_ = 0; // and how long its threads had worked then
  bool redis_up_ = false;
};

using node_watch_impl = watched_impl<node_watch_actor, node_watch>;

} // namespace neurocards
