#include "base/http_server.hpp"
#include "node/http/endpoint.hpp"
#include "tests/fuzz/fuzz.hpp"

// Whatever comes in on the node's HTTP port: requests, their addresses, forms, signed links,
// tokens.

#include "clients/crypto.hpp"
#include "clients/storage.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

endpoint_hooks hooks() {
  using stored = endpoint_hooks::stored;
  endpoint_hooks result;
  result.status = [](const auto& done) { done("{}"); };
  result.ready = [](const auto& done) { done({{"database", true, true, ""}}); };
  result.metrics = [](const auto& done) { done("up 1\n"); };
  result.webhook = [](const std::string& body, const auto& done) {
    require(body.size() <= (1 << 20), "bodies are bounded");
    done(stored::yes);
  };
  result.callback = [](const store::adopt_task& request, const auto& done) {
    require(!request.token.empty() && request.token.size() <= 128 && storable(request.token),
            "a token");
    require(!request.task.value.empty() && storable(request.task.value), "a task");
    done(stored::not_now);
  };
  result.file = [](const storage_key& key, std::string_view expires, std::string_view signature) {
    const storage::link_signer links{secret{"key of links"}, "https://bot.example"};
    require(!links.valid(key, expires, signature, std::chrono::system_clock::now()),
            "nobody makes a link without the key");
    return endpoint_hooks::file_answer{};
  };
  return result;
}

http_endpoint& endpoint() {
  // OpenSSL must be ready before the endpoint is: what is made first is taken down last, and the
  // endpoint's thread leaves its share to OpenSSL.
  static const auto ready = crypto::hmac_sha256("", "");
  static http_endpoint it{[] {
                            endpoint_options x;
                            x.port = 0;
                            x.tokens.act = secret{"a token that is in no corpus"};
                            x.telegram_webhook_secret = secret{"webhook-secret"};
                            return x;
                          }(),
                          hooks()};
  return it;
}

/// Sends the bytes, hangs up that half, and reads what comes back.
std::string exchange(std::string_view bytes) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(endpoint().port());
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected =
    ::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  if (!connected
      && errno == EADDRNOTAVAIL) { // fast machines use up the ports that rest for a minute
    ::close(fd);
    return {};
  }
  require(connected, "it listens");
  const timeval patience{60, 0}; // of a machine that is busy with other targets
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(fd, SHUT_WR);
  std::string result;
  std::string part(4096, '\0');
  ssize_t n = 0;
  while ((n = ::recv(fd, part.data(), part.size(), 0)) > 0)
    result.append(part, 0, static_cast<size_t>(n));
  require(n == 0 || errno == ECONNRESET, "the server lets nobody hang");
  ::close(fd);
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto decoded = percent_decode(bytes);
  require(decoded.size() <= bytes.size(), "decoding makes no text longer");
  size_t total = 0;
  for (const auto& [name, value] : decode_form(bytes))
    total += name.size() + value.size();
  require(total <= bytes.size(), "a form is no longer than its text");

  const auto answer = exchange(bytes);
  require(answer.empty() || answer.starts_with("HTTP/"), "an answer is HTTP");
  require(answer.find("up 1\n") == std::string::npos, "nobody passes without the token");
  return 0;
}
