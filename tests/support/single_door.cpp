#include "tests/support/single_door.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <regex>
#include <stdexcept>

namespace neurocards::test {

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

/// Passes on what one side has said. False when it has hung up.
bool pass_on(int from, int to) {
  std::array<char, 65536> bytes{};
  const auto size = ::recv(from, bytes.data(), bytes.size(), 0);
  return size > 0 && ::send(to, bytes.data(), static_cast<size_t>(size), MSG_NOSIGNAL) == size;
}

} // namespace

single_door::single_door(const std::string& url) {
  static const std::regex address{R"(^(.*[@/])([^@/:]+):(\d+)(/.*)?$)"};
  std::smatch parts;
  if (!std::regex_match(url, parts, address))
    throw std::runtime_error{"no host and port in " + url};
  behind_ = static_cast<uint16_t>(std::stoi(parts[3].str()));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto here = loopback(0);
  socklen_t size = sizeof here;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0
      || ::listen(listener_, 1) != 0
      || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) != 0)
    throw std::runtime_error{"cannot listen on loopback"};
  url_ = parts[1].str() + "127.0.0.1:" + std::to_string(ntohs(here.sin_port)) + parts[4].str();
  thread_ = std::thread{[this] { run(); }};
}

/// Its only client has hung up by then, or never came.
single_door::~single_door() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
}

void single_door::run() const {
  const int client = ::accept(listener_, nullptr, nullptr);
  ::close(listener_);
  if (client < 0)
    return;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto to = loopback(behind_);
  std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  while (open) {
    ::poll(ends.data(), ends.size(), -1);
    if (ends[0].revents != 0)
      open = pass_on(client, server);
    if (open && ends[1].revents != 0)
      open = pass_on(server, client);
  }
  ::close(server);
  ::close(client);
}

} // namespace neurocards::test
