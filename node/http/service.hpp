#pragma once

#include "node/http/endpoint.hpp"
#include "node/services.hpp"

namespace neurocards {

/// The node's http endpoint with the actors behind it. Ends with the object.
class surface {
public:
  /// Listens at once; throws std::runtime_error when it cannot.
  surface(caf::actor_system&, const services&);
  ~surface();

  surface(const surface&) = delete;
  surface& operator=(const surface&) = delete;

  uint16_t port() const { return endpoint_->port(); }

private:
  caf::actor bridge_; // asks the other actors on the endpoint's behalf
  std::unique_ptr<http_endpoint> endpoint_;
};

} // namespace neurocards
