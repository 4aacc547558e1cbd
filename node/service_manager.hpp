#pragma once

#include <functional>
#include <string_view>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace neurocards {

/// Tells systemd how the node is (sd_notify(3)): ready when made, and with `WatchdogSec=` that it
/// lives, for as long as a wait on the timer wheel ends and an actor gets to run: a process whose
/// actors stand still is not kept alive by a thread that does not. Does nothing without
/// NOTIFY_SOCKET in the environment.
class service_manager {
public:
  /// `alive`, if any, says whether those parts run that are no actors.
  explicit service_manager(caf::actor_system&, std::function<bool()> alive = nullptr);

  void reloading() const;
  void ready() const;
  void stopping() const;

private:
  caf::actor watchdog_; // null: none is wanted
};

} // namespace neurocards
