#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>

namespace neurocards::test {

/// What systemd listens on: a datagram socket at `path`.
class notify_socket {
public:
  explicit notify_socket(const std::string& path)
    : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot listen on " + path);
  }
  ~notify_socket() { ::close(fd_); }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  /// The next datagram; empty when none comes within `limit`.
  std::string next(std::chrono::milliseconds limit) const {
    pollfd wait{fd_, POLLIN, 0};
    char buffer[512];
    if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0)
      return {};
    const auto size = ::recv(fd_, buffer, sizeof buffer, 0);
    return size > 0 ? std::string(buffer, static_cast<size_t>(size)) : std::string{};
  }

  /// Waits for a datagram that begins so; others are passed over. False when none came.
  bool hears(const std::string& text,
             std::chrono::milliseconds limit = std::chrono::seconds{30}) const {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0)
        return false;
      if (next(left).rfind(text, 0) == 0)
        return true;
    }
  }

  /// Forgets what has come so far.
  void drain() const {
    while (!next(std::chrono::milliseconds{0}).empty()) {
    }
  }

private:
  int fd_;
};

} // namespace neurocards::test
