#include "base/http_door.hpp"

#include <arpa/inet.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace neurocards {

namespace {

constexpr timeval accept_pause{0, 200'000}; // after a failed accept

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(),
              text.size());
  else if (address->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text.data(),
              text.size());
  return text.data();
}

} // namespace

http_door::http_door(event_base* base, const http_server::config& where,
                     std::function<void(int, std::string)> arrived, std::function<void()> exhausted)
  : arrived_(std::move(arrived)), exhausted_(std::move(exhausted)) {
  listen(base, where);
  reopening_ = evtimer_new(
    base, [](int, short, void* x) { evconnlistener_enable(static_cast<http_door*>(x)->listener_); },
    this);
  evconnlistener_set_error_cb(listener_, [](evconnlistener*, void* x) {
    static_cast<http_door*>(x)->fail(EVUTIL_SOCKET_ERROR());
  });
}

http_door::~http_door() {
  event_free(reopening_);
  evconnlistener_free(listener_);
}

void http_door::listen(event_base* base, const http_server::config& where) {
  const auto number = std::to_string(where.port);
  const auto refuse = [&](const std::string& reason) {
    throw std::runtime_error("http_server: cannot listen on " + where.host + ":" + number + ": "
                             + reason);
  };
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  const int fault =
    getaddrinfo(where.host.empty() ? nullptr : where.host.c_str(), number.c_str(), &hints, &list);
  if (fault != 0)
    refuse(fault == EAI_SYSTEM ? std::generic_category().message(errno) : gai_strerror(fault));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found{list, &freeaddrinfo};
  listener_ = evconnlistener_new_bind(
    base,
    [](evconnlistener*, evutil_socket_t fd, sockaddr* address, int, void* x) {
      static_cast<http_door*>(x)->arrive(fd, address);
    },
    this, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 1024, found->ai_addr,
    static_cast<int>(found->ai_addrlen));
  if (!listener_)
    refuse(std::generic_category().message(errno));
}

uint16_t http_door::port() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(evconnlistener_get_fd(listener_), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

void http_door::arrive(int fd, const void* address) {
  if (const auto times = failures_.over(); times > 0)
    log::info("http.accepts_again", "failures", times);
  const int no_delay = 1; // heads and bodies are written whole
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
  arrived_(fd, text_of(static_cast<const sockaddr*>(address)));
}

void http_door::fail(int error) {
  if (failures_.should_log())
    log::warn("http.cannot_accept", "error", std::generic_category().message(error), "times",
              failures_.count());
  evconnlistener_disable(listener_);
  event_add(reopening_, &accept_pause);
  exhausted_();
}

} // namespace neurocards
