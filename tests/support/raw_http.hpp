#pragma once

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace neurocards::test {

/// A connection to 127.0.0.1 that is closed with its owner.
class raw_client {
public:
  explicit raw_client(uint16_t port) : raw_client() { open(port); }
  raw_client() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~raw_client() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  raw_client(raw_client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  raw_client& operator=(raw_client&&) = delete;

  bool open(uint16_t port) const {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }

  /// False: the other side takes no more.
  bool send(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  int descriptor() const { return fd_; }

  void send_no_more() const { ::shutdown(fd_, SHUT_WR); }

  /// What comes next; empty: the other side has closed.
  std::string receive() const {
    std::string buffer(4096, '\0');
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    buffer.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return buffer;
  }

  std::string receive_all() const {
    std::string all;
    for (auto part = receive(); !part.empty(); part = receive())
      all += part;
    return all;
  }

  int fd() const { return fd_; }

private:
  int fd_;
};

struct reply {
  int status = 0;
  std::string head;
  std::string body;
};

inline reply read_reply(const std::string& all) {
  reply result;
  const auto gap = all.find("\r\n\r\n");
  REQUIRE(gap != std::string::npos);
  result.status = std::stoi(all.substr(9, 3));
  result.head = all.substr(0, gap);
  result.body = all.substr(gap + 4);
  return result;
}

/// One exchange on a connection of its own; the server must close it.
inline reply exchange(uint16_t port, const std::string& text) {
  const raw_client connection{port};
  REQUIRE(connection.send(text));
  return read_reply(connection.receive_all());
}

} // namespace neurocards::test
