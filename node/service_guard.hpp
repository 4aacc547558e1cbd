#pragma once

#include <functional>
#include <map>
#include <string>

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

namespace neurocards {

/// Watches the actors that a whole node stands on. They have no parent that could put others in
/// their places, and a node without one of them beats on and does nothing: when one dies,
/// `end_node` is called with its name. One that ends itself without a fault has done its work. Ends
/// quietly when told to, which whoever ends the others in good order does first.
class service_guard {
public:
  static constexpr const char* name = "service_guard";

  service_guard(caf::event_based_actor* self, std::map<std::string, caf::actor> watched,
                std::function<void(const std::string& which)> end_node);
  caf::behavior make_behavior();

private:
  void on_down(const caf::down_msg&);

  caf::event_based_actor* self_;
  std::map<caf::actor_addr, std::string> names_; // no handles: watching keeps nobody alive
  std::function<void(const std::string& which)> end_node_;
};

using service_guard_impl = caf::stateful_actor<service_guard>;

/// Says in the log which actor died and ends the process at once, so that systemd starts it again.
[[noreturn]] void end_this_process(const std::string& which);

} // namespace neurocards
