#pragma once

#include "actors/coordinator_link.hpp"
#include "base/log.hpp"
#include "protocol/actors.hpp"

#include <map>

namespace neurocards {

/// An agent's connections to the coordinators on its own node, those it dials and those that were
/// introduced. Part of the actor `node_agent`.
class coordinator_links {
public:
  coordinator_links(node_agent_actor::pointer self, node_card identity, peer_dialer_actor dialer);

  /// Where coordinators are said to be; replaces what was said before.
  void set_coordinators(std::vector<peer_address> where) { where_ = std::move(where); }

  /// Finds what is missing. To be called about once a second.
  void tick();

  void meet(const node_card&, const caf::strong_actor_ptr&); // a coordinator introduced itself

  /// True when the down message was about a coordinator.
  bool on_down(const caf::down_msg&);

  /// Tells every coordinator that knows us.
  template <class Message>
  void tell(const Message& message) {
    for (const auto& [_, to] : links_)
      if (to.welcomed)
        self_->send(to.coordinator, message);
  }

  /// The coordinator of this node, or else one that knows us; null: there is none.
  coordinator_actor nearest() const;

  bool is_from_coordinator(const caf::strong_actor_ptr& sender) const;
  bool refused() const; // a coordinator turned us away, and none has welcomed us

private:
  void add(const std::string& name, const caf::strong_actor_ptr&);
  void dial(const peer_address&);
  void say_hello(const std::string& name, coordinator_link&);
  void on_welcome(const std::string& name, const node_card& theirs);
  void on_refused(const std::string& name, const caf::error&);
  caf::strong_actor_ptr own_coordinator() const;

  node_agent_actor::pointer self_;
  node_card identity_;
  peer_dialer_actor dialer_;
  std::vector<peer_address> where_;
  std::map<std::string, coordinator_link> links_; // by name of node
  std::map<std::string, dial_attempt> attempts_;
  bool turned_away_ = false;
  log::limiter refusals_;
};

} // namespace neurocards
