#include "node/http/event_hub.hpp"

#include "tests/support/process.hpp"
#include "tests/support/raw_http.hpp"

#include <doctest/doctest.h>

#include <mutex>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

/// A server that answers every request with a stream of one hub.
struct hub_fixture {
  std::mutex mutex;
  event_hub hub;
  event_hub::time_point now{};
  http_server server{{}, [this](const http_server::request&, http_server::responder to) {
                       const std::lock_guard guard{mutex};
                       hub.add(std::move(to), event_frame("status", "{}"), now);
                     }};

  test::raw_client listen() {
    test::raw_client client{server.port()};
    REQUIRE(client.send("GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n"));
    return client;
  }

  void publish(const std::string& data) {
    const std::lock_guard guard{mutex};
    hub.publish("job", data, now);
  }

  bool empty_after_tick() {
    const std::lock_guard guard{mutex};
    hub.tick(now);
    return hub.empty();
  }
};

std::string receive_until(const test::raw_client& client, const std::string& end) {
  std::string all;
  while (!all.ends_with(end)) {
    const auto part = client.receive();
    REQUIRE_MESSAGE(!part.empty(), all);
    all += part;
  }
  return all;
}

} // namespace

TEST_SUITE_BEGIN("unit/node/http/event_hub");

TEST_CASE("event frame: name, every line of the data, an empty line") {
  CHECK(event_frame("status", "{}") == "event: status\ndata: {}\n\n");
  CHECK(event_frame("a", "1\n2\n") == "event: a\ndata: 1\ndata: 2\ndata: \n\n");
  CHECK(event_frame("a", "") == "event: a\ndata: \n\n");
}

TEST_CASE_FIXTURE(hub_fixture, "event hub: who listens hears at once, and everything after it") {
  const auto one = listen();
  const auto first = receive_until(one, "data: {}\n\n");
  CHECK(first.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(first.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(first.find("Content-Length") == std::string::npos);
  CHECK(first.find("\r\n\r\nretry: 3000\n\nevent: status\ndata: {}\n\n") != std::string::npos);
  const auto two = listen();
  receive_until(two, "data: {}\n\n");
  publish("1");
  CHECK(receive_until(one, "1\n\n") == "event: job\ndata: 1\n\n");
  CHECK(receive_until(two, "1\n\n") == "event: job\ndata: 1\n\n");
  now += event_hub::silence;
  CHECK_FALSE(empty_after_tick());
  CHECK(receive_until(one, "\n\n") == ":\n\n");
}

TEST_CASE_FIXTURE(hub_fixture, "event hub: who has gone is forgotten") {
  {
    const auto client = listen();
    receive_until(client, "data: {}\n\n");
  }
  test::wait_until("the stream to be forgotten", [&] {
    publish("1");
    return empty_after_tick();
  });
  test::wait_until("its connection to end", [&] { return server.connections() == 0; });
}

TEST_CASE_FIXTURE(hub_fixture, "event hub: who takes nothing is dropped, the others are not") {
  const auto slow = listen();
  const auto quick = listen();
  receive_until(quick, "data: {}\n\n");
  const std::string big(64U << 10, 'x');
  // Sockets hold some megabytes before the first byte waits in the server.
  test::wait_until("the slow one to be dropped", [&] {
    publish(big);
    receive_until(quick, "x\n\n");
    return server.connections() == 1;
  });
  publish("1");
  CHECK(receive_until(quick, "1\n\n").ends_with("data: 1\n\n"));
}

TEST_CASE_FIXTURE(hub_fixture, "event hub: there is room for so many and no more") {
  std::vector<test::raw_client> all;
  for (size_t i = 0; i < event_hub::most_streams; ++i) {
    all.push_back(listen());
    receive_until(all.back(), "data: {}\n\n");
  }
  const auto refused = listen();
  CHECK(refused.receive().starts_with("HTTP/1.1 503 "));
}

TEST_SUITE_END();
