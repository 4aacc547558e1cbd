#include "base/log.hpp"
#include "clients/crypto.hpp"
#include "node/http/endpoint.hpp"
#include "tests/support/raw_http.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

constexpr auto token = "6f2c1d8e-0a4b-4c3d-9e5f-7a8b9c0d1e2f";

struct bounded_fixture {
  std::atomic<int> heard = 0;
  endpoint_options options;
  endpoint_hooks hooks;
  std::unique_ptr<http_endpoint> endpoint;

  bounded_fixture() {
    options.port = 0;
    options.telegram_webhook_secret = secret{"hook-secret"};
    hooks.webhook = [this](const std::string&, const auto& done) {
      ++heard;
      done(endpoint_hooks::stored::yes);
    };
    hooks.callback = [this](const store::adopt_task&, const auto& done) {
      ++heard;
      done(endpoint_hooks::stored::yes);
    };
  }

  uint16_t port() {
    if (!endpoint)
      endpoint = std::make_unique<http_endpoint>(options, hooks);
    return endpoint->port();
  }

  static std::string post(const std::string& path, const std::string& headers, size_t size) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers
           + "Content-Length: " + std::to_string(size) + "\r\n\r\n";
  }

  int status(const std::string& path, const std::string& headers, const std::string& body) {
    return exchange(port(), post(path, headers, body.size()) + body).status;
  }
};

size_t resident() {
  size_t whole = 0;
  size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> whole >> pages;
  return pages * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

/// The log goes to a file meanwhile.
struct captured_log {
  std::string path = std::filesystem::temp_directory_path() / "log.XXXXXX";

  int reading = ::mkstemp(path.data()); // kept: there may be no other descriptor later

  captured_log() { log::start({log::level::info, false, path}); }
  ~captured_log() {
    log::start({log::level::error, false, ""}); // as tests/main.cpp has it
    ::close(reading);
    std::filesystem::remove(path);
  }

  std::string content() const {
    log::flush();
    std::string result(100'000, '\0');
    const auto got = ::pread(reading, result.data(), result.size(), 0);
    result.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return result;
  }

  int times_said(const std::string& name) const {
    int result = 0;
    const auto all = content();
    for (auto position = all.find(name); position != std::string::npos;
         position = all.find(name, position + 1))
      ++result;
    return result;
  }
};

/// Standard error goes to a file meanwhile.
struct captured_errors {
  std::string path = std::filesystem::temp_directory_path() / "errors.XXXXXX";
  int kept = ::dup(STDERR_FILENO);

  captured_errors() {
    const int fd = ::mkstemp(path.data());
    ::dup2(fd, STDERR_FILENO);
    ::close(fd);
  }
  ~captured_errors() {
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    std::filesystem::remove(path);
  }
  uintmax_t size() const { return std::filesystem::file_size(path); }
};

/// No file descriptor is to be had beyond those in use, as long as this lives.
struct no_more_files {
  rlimit before{};

  no_more_files() {
    ::getrlimit(RLIMIT_NOFILE, &before);
    const int next = ::dup(STDERR_FILENO);
    ::close(next);
    const rlimit tight{static_cast<rlim_t>(next), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
  }
  ~no_more_files() { ::setrlimit(RLIMIT_NOFILE, &before); }
};

} // namespace

TEST_SUITE_BEGIN("unit/node/http/endpoint_bounds");

TEST_CASE_FIXTURE(bounded_fixture, "endpoint: a stranger is refused before his body is read") {
  for (const auto& [path, status] : {std::pair{"/telegram/webhook", 401},
                                     {"/kie/callback/no-token", 404},
                                     {"/healthz", 405},
                                     {"/nowhere", 404}}) {
    CAPTURE(path);
    const raw_client one{port()};
    one.send(post(path, "", 900'000) + "the beginning");
    CHECK(read_reply(one.receive_all()).status == status);
  }
  const raw_client much{port()};
  much.send(post(std::string{"/kie/callback/"} + token, "", 900'000) + "{");
  CHECK(read_reply(much.receive_all()).status == 413);
  CHECK(heard == 0);
}

TEST_CASE_FIXTURE(bounded_fixture, "endpoint: what strangers send costs no memory") {
  constexpr int strangers = 300;
  const std::string part(900'000, 'x');
  const auto before = resident();
  std::vector<raw_client> all;
  int answered = 0;
  for (int i = 0; i < strangers && answered == i; ++i) {
    const auto& one = all.emplace_back(port());
    const timeval soon{2, 0};
    ::setsockopt(one.fd(), SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
    ::setsockopt(one.fd(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    one.send(post("/telegram/webhook", "", part.size() + 1));
    one.send(part); // all but the last byte; where nobody listens it may be less
    answered += one.receive().starts_with("HTTP/1.1 401") ? 1 : 0;
  }
  CHECK(answered == strangers);
  CHECK(resident() < before + (40U << 20));
  CHECK(exchange(port(), "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").status == 200);
}

TEST_CASE_FIXTURE(bounded_fixture,
                  "endpoint: callbacks without a key are small, and know a token's form") {
  const std::string path = std::string{"/kie/callback/"} + token;
  const std::string good = R"({"code":200,"data":{"taskId":"t1","state":"success"}})";
  CHECK(status(path, "", good) == 200);
  CHECK(heard == 1);
  CHECK(status("/kie/callback/token-1", "", good) == 404);
  CHECK(status(path + "0", "", good) == 404);
  CHECK(status(path, "", R"({"data":{"taskId":")" + std::string(10'000, 't') + "\"}}") == 400);
  CHECK(status(path, "", R"({"data":{"taskId":"t\n1"}})") == 400);
  CHECK(status(path, "", good + std::string(66'000, ' ')) == 413);
  CHECK(heard == 1);
}

TEST_CASE_FIXTURE(bounded_fixture,
                  "endpoint: with a key, a callback without a fresh signature stays unread") {
  options.kie_webhook_key = secret{"hmac-key"};
  const std::string path = std::string{"/kie/callback/"} + token;
  const auto now = std::time(nullptr);
  for (const auto& headers :
       {std::string{}, "X-Webhook-Timestamp: " + std::to_string(now) + "\r\n",
        "X-Webhook-Timestamp: " + std::to_string(now - 3600) + "\r\nX-Webhook-Signature: x\r\n"}) {
    CAPTURE(headers);
    const raw_client one{port()};
    one.send(post(path, headers, 60'000) + "{");
    CHECK(read_reply(one.receive_all()).status == 401);
  }
  CHECK(heard == 0);
}

TEST_CASE_FIXTURE(bounded_fixture,
                  "endpoint: without file descriptors the endpoint neither spins nor shouts") {
  port();
  std::vector<raw_client> waiting(8);
  const captured_log log;
  const captured_errors errors;
  const auto start = std::chrono::steady_clock::now();
  {
    const no_more_files limit;
    for (const auto& x : waiting)
      x.open(port());
    // Told at powers of two. One that spins gets there within a millisecond.
    while (log.times_said("http.cannot_accept") < 3
           && std::chrono::steady_clock::now() - start < 20s) {
      // the first, the second and the fourth
    }
  }
  CHECK(std::chrono::steady_clock::now() - start >= 3 * 200ms);       // the rest after each
  CHECK(waiting[0].send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")); // let in now
  CHECK(waiting[0].receive().starts_with("HTTP/1.1 200"));
  CHECK(log.times_said("http.cannot_accept") <= 4); // not each
  CHECK(errors.size() == 0);                        // libevent has its own words for it
}

TEST_SUITE_END();
