#include "node/service_guard.hpp"

#include "base/log.hpp"

#include <unistd.h>

#include <utility>

namespace neurocards {

service_guard::service_guard(caf::event_based_actor* self,
                             std::map<std::string, caf::actor> watched,
                             std::function<void(const std::string& which)> end_node)
  : self_(self), end_node_(std::move(end_node)) {
  for (const auto& [which, actor] : watched) {
    names_.emplace(actor.address(), which);
    self_->monitor(actor);
  }
}

caf::behavior service_guard::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  return {[](caf::tick_atom) {}}; // only the ends of others count
}

void service_guard::on_down(const caf::down_msg& msg) {
  if (!msg.reason) // health ends itself when it has drained
    return;
  if (const auto found = names_.find(msg.source); found != names_.end())
    end_node_(found->second);
}

void end_this_process(const std::string& which) {
  log::error("run.service_died", "actor", which, "advice",
             "the node ends and has to be started again, which systemd does; report this");
  log::flush();
  _exit(1);
}

} // namespace neurocards
