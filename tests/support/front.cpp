#include "tests/support/front.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace neurocards::test {

namespace {

sockaddr_in place(const std::string& address, uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &result.sin_addr) != 1)
    throw std::runtime_error(address + " is no address");
  return result;
}

/// Of a host that is silent, connecting included.
void give_up_after_a_second(int fd) {
  const timeval second{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
}

/// False when there will be no more.
bool copy_once(int from, int to) {
  std::array<char, 65536> chunk{};
  const ssize_t size = ::recv(from, chunk.data(), chunk.size(), 0);
  if (size <= 0)
    return false;
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t n =
      ::send(to, chunk.data() + sent, static_cast<size_t>(size - sent), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    sent += n;
  }
  return true;
}

} // namespace

front::front(std::string own_address)
  : address_(std::move(own_address)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = place(address_, 0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0
      || ::listen(listener_, 1024) != 0
      || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the front cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

front::~front() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard guard{mutex_};
    for (const int fd : open_)
      ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& x : pipes_)
    x.thread.join();
  ::close(listener_);
}

void front::add(uint16_t port, const std::string& address) {
  const std::lock_guard guard{mutex_};
  nodes_.push_back(place(address, port));
}

void front::accept_all() {
  for (int client = 0; (client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const std::lock_guard guard{mutex_};
    const int node = connect_to_next();
    if (node < 0) {
      ::close(client);
      continue;
    }
    open_.insert(open_.end(), {client, node});
    join_ended();
    auto& one = pipes_.emplace_back();
    one.thread = std::thread{[this, &one, client, node] {
      pass(client, node);
      forget(client, node);
      one.ended = true;
    }};
  }
}

/// A long round has thousands of connections.
void front::join_ended() {
  pipes_.remove_if([](pipe& x) {
    if (x.ended)
      x.thread.join();
    return x.ended.load();
  });
}

/// Negative: nobody listens.
int front::connect_to_next() {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const auto& address = nodes_[next_++ % nodes_.size()];
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    give_up_after_a_second(fd);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return fd;
    ::close(fd);
  }
  return -1;
}

void front::pass(int client, int node) {
  std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{node, POLLIN, 0}};
  while (::poll(ends.data(), ends.size(), -1) > 0) {
    if (ends[0].revents != 0 && !copy_once(client, node))
      return;
    if (ends[1].revents != 0 && !copy_once(node, client))
      return;
  }
}

void front::forget(int client, int node) {
  const std::lock_guard guard{mutex_};
  for (const int fd : {client, node}) {
    std::erase(open_, fd);
    ::close(fd);
  }
}

} // namespace neurocards::test
