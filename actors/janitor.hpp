#pragma once

#include "base/log.hpp"
#include "protocol/actors.hpp"

namespace neurocards {

struct janitor_config {
  caf::timespan lease;
  caf::timespan sweep_interval{std::chrono::hours{1}};
};

/// Takes jobs back from nodes that died and deletes what retention allows. One in the cluster works
/// at a time; two would only do the same twice.
class janitor {
public:
  static constexpr const char* name = "janitor";

  janitor(janitor_actor::pointer self, janitor_config config, node_store_actor store);
  janitor_actor::behavior_type make_behavior();

private:
  void rescue();
  void sweep();

  janitor_actor::pointer self_;
  janitor_config config_;
  node_store_actor store_;
  bool leading_ = false;
  uint64_t term_ = 0; // of leadership: timers of an earlier one are void
  log::limiter failures_;
};

using janitor_impl = janitor_actor::stateful_impl<janitor>;

} // namespace neurocards
