#pragma once

#include "node/http/endpoint.hpp"
#include "node/http/series_recorder.hpp"
#include "node/services.hpp"

namespace neurocards {

/// The node's http endpoint with the actors behind it. Ends with the object.
class http_service {
public:
  /// Listens at once; throws std::runtime_error when it cannot.
  http_service(caf::actor_system&, const services&);
  ~http_service();

  http_service(const http_service&) = delete;
  http_service& operator=(const http_service&) = delete;

  uint16_t port() const { return endpoint_->port(); }

private:
  caf::actor bridge_; // asks the other actors on the endpoint's behalf
  std::shared_ptr<series_recorder> history_;
  std::unique_ptr<http_endpoint> endpoint_;
};

} // namespace neurocards
