#include "actors/peer_dialer.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

constexpr int probe_patience_ms = 2'000;
constexpr caf::timespan handshake_patience = 10s;

/// Why nobody answers at one address; empty: somebody does.
std::string fault_of(const addrinfo& address) {
  const int fd = socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return std::strerror(errno);
  const std::unique_ptr<const int, void (*)(const int*)> closer{&fd,
                                                                [](const int* x) { close(*x); }};
  if (connect(fd, address.ai_addr, address.ai_addrlen) == 0)
    return {};
  if (errno != EINPROGRESS)
    return std::strerror(errno);
  pollfd waits{fd, POLLOUT, 0};
  if (poll(&waits, 1, probe_patience_ms) != 1)
    return "no answer";
  int fault = 0;
  socklen_t size = sizeof fault;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size);
  return fault == 0 ? std::string{} : std::strerror(fault);
}

std::string probe(const peer_address& to) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code =
        getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found))
    return gai_strerror(code);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, freeaddrinfo};
  std::string result = "no address";
  for (const auto* address = found; address; address = address->ai_next)
    if (result = fault_of(*address); result.empty())
      break;
  return result;
}

caf::error unreachable(const peer_address& to, const std::string& reason) {
  return caf::make_error(ec::unavailable, to.name + " at " + to.host + ":" + std::to_string(to.port)
                                            + ": " + reason);
}

} // namespace

peer_dialer::peer_dialer(peer_dialer_actor::pointer self, bool tls) : self_(self), tls_(tls) {}

peer_dialer_actor::behavior_type peer_dialer::make_behavior() {
  return {[this](const peer_address& to) { return dial(to); }};
}

caf::result<caf::strong_actor_ptr> peer_dialer::dial(const peer_address& to) {
  if (const auto reason = probe(to); !reason.empty())
    return unreachable(to, reason);
  auto promise = self_->make_response_promise<caf::strong_actor_ptr>();
  auto& system = self_->system();
  const auto middleman =
    tls_ ? system.openssl_manager().actor_handle() : system.middleman().actor_handle();
  self_->request(middleman, handshake_patience, caf::connect_atom_v, to.host, to.port)
    .then(
      [this, promise, to](const caf::node_id&, const caf::strong_actor_ptr& found,
                          const std::set<std::string>& interface) mutable {
        if (!found)
          promise.deliver(unreachable(to, "no coordinator is published there"));
        else if (!self_->system().assignable(interface,
                                             self_->system().message_types<coordinator_actor>()))
          promise.deliver(unreachable(to, "its coordinator speaks another protocol"));
        else
          promise.deliver(found);
      },
      [promise, to](const caf::error& err) mutable {
        promise.deliver(unreachable(to, caf::to_string(err)));
      });
  return promise;
}

} // namespace neurocards
