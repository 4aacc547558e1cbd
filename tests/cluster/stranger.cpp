#include "tests/cluster/stranger.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include <openssl/ssl.h>

namespace neurocards::test::cluster {

namespace {

struct release {
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
  void operator()(SSL* x) const { SSL_free(x); }
};

/// A side that accepts us says nothing until we do; one that refuses closes within this time at the
/// latest. (It does so at once; a slow machine makes the test pass for the wrong reason, never
/// fail.)
constexpr int verdict_within = 3'000;

} // namespace

stranger::stranger(const std::string& address, uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  const timeval limit{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd_);
    throw std::runtime_error{"nobody listens at " + address + ":" + std::to_string(port)};
  }
}

stranger::~stranger() {
  ::close(fd_);
}

bool stranger::say(const std::string& bytes) {
  return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == std::ssize(bytes);
}

bool stranger::is_thrown_out(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::array<char, 4096> heard{};
  while (std::chrono::steady_clock::now() < deadline) {
    pollfd socket{fd_, POLLIN, 0};
    if (::poll(&socket, 1, 100) <= 0)
      continue;
    const auto n = ::recv(fd_, heard.data(), heard.size(), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
      return true;
  }
  return false;
}

bool stranger::is_let_in(const papers& shown) {
  const std::unique_ptr<SSL_CTX, release> context{SSL_CTX_new(TLS_client_method())};
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  if (!shown.none()
      && (SSL_CTX_use_certificate_file(context.get(), shown.certificate.c_str(), SSL_FILETYPE_PEM)
            != 1
          || SSL_CTX_use_PrivateKey_file(context.get(), shown.key.c_str(), SSL_FILETYPE_PEM) != 1))
    throw std::runtime_error{"unusable papers: " + shown.certificate};
  const std::unique_ptr<SSL, release> tls{SSL_new(context.get())};
  SSL_set_fd(tls.get(), fd_);
  if (SSL_connect(tls.get()) != 1)
    return false;
  // With TLS 1.3 the client believes to be in before the server has looked at its certificate.
  for (;;) {
    pollfd socket{fd_, POLLIN, 0};
    if (SSL_pending(tls.get()) == 0 && ::poll(&socket, 1, verdict_within) == 0)
      return true;
    char heard = 0;
    const int n = SSL_read(tls.get(), &heard, 1);
    if (n == 1)
      return true;
    if (SSL_get_error(tls.get(), n) != SSL_ERROR_WANT_READ)
      return false;
  }
}

void stranger::reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd_);
  fd_ = -1;
}

} // namespace neurocards::test::cluster
