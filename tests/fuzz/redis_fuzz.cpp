#include "clients/redis.hpp"
#include "tests/fuzz/fuzz.hpp"

// Addresses of Redis, and the replies of whatever listens there.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

/// Listens on loopback; answers every connection with the same bytes and hangs up.
class liar {
public:
  liar() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* address = reinterpret_cast<sockaddr*>(&where);
    require(::bind(socket_, address, size) == 0 && ::listen(socket_, 16) == 0
              && ::getsockname(socket_, address, &size) == 0,
            "loopback can be listened on");
    port_ = ntohs(where.sin_port);
  }

  int port() const { return port_; }

  /// One connection, on a thread of its own; to be joined.
  std::thread answer(const std::string& bytes) const {
    return std::thread{[this, &bytes] {
      const int peer = ::accept(socket_, nullptr, nullptr);
      std::string question(64, '\0');
      (void)!::recv(peer, question.data(), question.size(), 0);
      (void)!::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ::shutdown(peer, SHUT_WR);
      while (::recv(peer, question.data(), question.size(), 0) > 0)
        continue;
      ::close(peer);
    }};
  }

private:
  int socket_;
  int port_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const liar server;
  input in{data, size};
  const auto url = in.line();
  if (const auto where = redis::parse_url(url)) {
    require(!where->host.empty() && where->host.size() <= url.size(), "a host");
    require(where->port > 0 && where->port <= 65'535, "a port");
    require(where->database >= 0 && where->database <= 1'000'000, "a database");
  }
  const auto bytes = in.rest();
  auto other_side = server.answer(bytes);
  redis::address where;
  where.host = "127.0.0.1";
  where.port = server.port();
  const auto error = redis::try_beat(where, std::chrono::seconds{5});
  other_side.join();
  if (bytes.empty())
    require(!error.empty(), "silence is no answer");
  return 0;
}
