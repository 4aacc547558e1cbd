#include "tests/chaos/balancer.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <system_error>

namespace neurocards::chaos {

namespace {

constexpr int moment = 100; // ms between looks at `stopping_`

sockaddr_in loopback(uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

/// Hands on what has come; false: this end is closed.
bool hand_on(int from, int to) {
  std::array<char, 65536> bytes;
  const auto n = ::recv(from, bytes.data(), bytes.size(), 0);
  for (ssize_t sent = 0; sent < n;) {
    const auto more = ::send(to, bytes.data() + sent, static_cast<size_t>(n - sent), MSG_NOSIGNAL);
    if (more <= 0)
      return false;
    sent += more;
  }
  return n > 0;
}

} // namespace

balancer::balancer(std::vector<uint16_t> ports) : ports_(std::move(ports)) {
  door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (door_ < 0 || ::bind(door_, raw, size) != 0 || ::listen(door_, 128) != 0
      || ::getsockname(door_, raw, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "balancer");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { accept_all(); }};
}

balancer::~balancer() {
  stopping_ = true;
  thread_.join();
  for (auto& x : pipes_)
    x.thread.join();
  ::close(door_);
}

void balancer::accept_all() {
  while (!stopping_) {
    pollfd door{door_, POLLIN, 0};
    if (::poll(&door, 1, moment) <= 0)
      continue;
    const int client = ::accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
      continue;
    pipes_.remove_if([](pipe& x) {
      if (x.ended)
        x.thread.join();
      return x.ended.load();
    });
    if (const int node = connect_next(); node >= 0) {
      auto& x = pipes_.emplace_back();
      x.thread = std::thread{[this, &x, client, node] { carry(x, client, node); }};
    } else {
      ::close(client);
    }
  }
}

void balancer::carry(pipe& x, int client, int node) {
  std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{node, POLLIN, 0}};
  for (bool open = true; open && !stopping_;) {
    if (::poll(ends.data(), ends.size(), moment) <= 0)
      continue;
    if (ends[0].revents != 0)
      open = hand_on(client, node);
    if (open && ends[1].revents != 0)
      open = hand_on(node, client);
  }
  ::close(client);
  ::close(node);
  x.ended = true;
}

int balancer::connect_next() {
  for (size_t i = 0; i < ports_.size(); ++i) {
    const auto address = loopback(ports_[next_++ % ports_.size()]);
    const int result = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(result, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return result;
    ::close(result);
  }
  return -1;
}

} // namespace neurocards::chaos
