#pragma once

#include "actors/watched_actor.hpp"
#include "protocol/actors.hpp"

namespace neurocards {

/// Reaches coordinators on other nodes through CAF remoting. Runs detached, because it blocks: CAF
/// connects in a thread of its own that all dials share and that a dead host holds for minutes, so
/// an address is first tried here, for two seconds.
class peer_dialer {
public:
  static constexpr const char* name = "peer_dialer";

  /// `tls`: whether the system has loaded `caf::openssl::manager` with this node's certificate.
  peer_dialer(peer_dialer_actor::pointer self, bool tls);
  peer_dialer_actor::behavior_type make_behavior();

private:
  caf::result<caf::strong_actor_ptr> dial(const peer_address&);

  peer_dialer_actor::pointer self_;
  bool tls_;
};

using peer_dialer_impl = watched_impl<peer_dialer_actor, peer_dialer>;

} // namespace neurocards
