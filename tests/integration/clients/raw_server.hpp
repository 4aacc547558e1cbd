#pragma once

#include "clients/http_engine.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>

namespace neurocards::test {

using namespace std::chrono_literals;

/// One connection of a server that is free to misbehave.
class raw_connection {
public:
  explicit raw_connection(int fd) : fd_(fd) {}

  /// Head and (by Content-Length) body of one request; empty when the client has gone.
  std::string read_request() {
    std::string text;
    size_t wanted = std::string::npos;
    while (text.size() < wanted) {
      std::array<char, 65536> chunk{};
      const ssize_t n = ::recv(fd_, chunk.data(), chunk.size(), 0);
      if (n <= 0)
        return {};
      text.append(chunk.data(), static_cast<size_t>(n));
      const auto end = text.find("\r\n\r\n");
      if (wanted == std::string::npos && end != std::string::npos)
        wanted = end + 4 + content_length(text.substr(0, end));
    }
    return text;
  }

  /// nullopt when the client has gone.
  std::optional<char> read_byte() {
    char c = 0;
    return ::recv(fd_, &c, 1, 0) == 1 ? std::optional{c} : std::nullopt;
  }

  /// Only the head; what follows is left for `skip`.
  std::string read_head() {
    std::string text;
    for (char c = 0; !text.ends_with("\r\n\r\n") && ::recv(fd_, &c, 1, 0) == 1;)
      text += c;
    return text;
  }

  /// Reads and forgets; tells how many bytes came.
  size_t skip(size_t wanted) {
    std::vector<char> chunk(1 << 16);
    size_t came = 0;
    while (came < wanted) {
      const ssize_t n = ::recv(fd_, chunk.data(), std::min(chunk.size(), wanted - came), 0);
      if (n <= 0)
        break;
      came += static_cast<size_t>(n);
    }
    return came;
  }

  /// False when the client has gone.
  bool write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      text.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  bool answer(std::string_view body, std::string_view status = "200 OK",
              std::string_view headers = {}) {
    std::ostringstream text;
    text << "HTTP/1.1 " << status << "\r\nContent-Length: " << body.size() << "\r\n"
         << headers << "\r\n"
         << body;
    return write(text.str());
  }

  /// The slowness of a server: so long, or until the client is gone.
  void dawdle(std::chrono::milliseconds time) {
    pollfd gone{fd_, POLLRDHUP, 0};
    ::poll(&gone, 1, static_cast<int>(time.count()));
  }

  /// Until the client closes.
  void wait_for_close() {
    char c = 0;
    while (::recv(fd_, &c, 1, 0) > 0) {
    }
  }

  /// Closes with a reset instead of an orderly end.
  void reset() const {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

private:
  static size_t content_length(const std::string& head) {
    const auto position = head.find("Content-Length: ");
    return position == std::string::npos ? 0 : std::stoul(head.substr(position + 16));
  }

  int fd_;
};

/// Listens on loopback and runs `serve` on a thread per connection, which is closed afterwards.
class raw_server {
public:
  using server = std::function<void(raw_connection&)>;

  explicit raw_server(server serve) : serve_(std::move(serve)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    REQUIRE(::listen(listener_, 1024) == 0);
    acceptor_ = std::thread{[this] { run(); }};
  }

  ~raw_server() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard guard{mutex_};
      for (const int fd : open_)
        ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& x : threads_)
      x.join();
    ::close(listener_);
  }

  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string{path};
  }
  uint16_t port() const { return port_; }
  int connections() const { return connections_; }

private:
  void run() {
    for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      ++connections_;
      const std::lock_guard guard{mutex_};
      open_.push_back(fd);
      threads_.emplace_back([this, fd] {
        raw_connection connection{fd};
        serve_(connection);
        const std::lock_guard inner{mutex_};
        std::erase(open_, fd);
        ::close(fd);
      });
    }
  }

  server serve_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A directory that vanishes with the test.
class scratch_directory {
public:
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "neurocards-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string{name}; }
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline void write_file(const std::string& path, std::string_view text) {
  std::ofstream{path, std::ios::binary} << text;
}

/// One exchange, waited for.
inline http::response fetch(http::engine& engine, http::request request) {
  auto promise = std::make_shared<std::promise<http::response>>();
  auto future = promise->get_future();
  engine.submit(std::move(request),
                [promise](http::response x) { promise->set_value(std::move(x)); });
  REQUIRE(future.wait_for(30s) == std::future_status::ready);
  return future.get();
}

inline http::request get(std::string url) {
  http::request result;
  result.url = std::move(url);
  result.label = "test";
  result.timeout = 10s;
  return result;
}

inline http::request post(std::string url, std::string body) {
  auto result = get(std::move(url));
  result.method = "POST";
  result.body = std::move(body);
  return result;
}

/// To whatever a connection asks.
inline void serve_hello(raw_connection& c) {
  while (!c.read_request().empty())
    c.answer("hello", "200 OK", "Content-Type: text/plain\r\nRetry-After: 7\r\n");
}

} // namespace neurocards::test
