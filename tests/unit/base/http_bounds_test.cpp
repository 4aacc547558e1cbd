#include "base/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <future>
#include <vector>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

constexpr auto get = "GET / HTTP/1.1\r\n\r\n";

void hello(const http_server::request& x, http_server::responder r) {
  r.send(200, x.method + " " + x.path + " " + x.body, "text/plain");
}

std::string talk(const http_server& server, const std::string& text) {
  const raw_client one{server.port()};
  one.send(text);
  one.send_no_more();
  return one.receive_all();
}

int status_of(const http_server& server, const std::string& text) {
  return read_reply(talk(server, text)).status;
}

/// Sends a byte every 20 ms until the other side answers or closes.
clock::duration drip(const http_server& server, const std::string& beginning) {
  const raw_client one{server.port()};
  const auto start = clock::now();
  one.send(beginning);
  pollfd other_side{one.fd(), POLLIN, 0};
  while (clock::now() - start < 20s && one.send("x") && ::poll(&other_side, 1, 20) == 0) {
    // nothing has come: the next byte
  }
  return clock::now() - start;
}

} // namespace

TEST_SUITE_BEGIN("unit/base/http_bounds");

TEST_CASE("http_server: gives a request a deadline, however busily its bytes drip in") {
  http_server::config limits;
  limits.head_deadline = 200ms;
  limits.body_deadline = 200ms;
  const http_server server{limits, hello};
  CHECK(drip(server, "GET / HTTP/1.1\r\nA: ") < 10s);
  CHECK(drip(server, "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n") < 10s);
  const raw_client silent{server.port()};
  CHECK(silent.receive_all().empty());
  const raw_client late{server.port()};
  late.send("GET / HT");
  CHECK(read_reply(late.receive_all()).status == 408);
}

TEST_CASE("http_server: keeps a connection between requests for longer than a request may take") {
  http_server::config limits;
  limits.head_deadline = 100ms;
  const http_server server{limits, hello};
  const raw_client one{server.port()};
  one.send(get);
  CHECK(one.receive().starts_with("HTTP/1.1 200"));
  for (int i = 0; i < 3; ++i) { // the deadline of a head passes three times, for others
    const raw_client late{server.port()};
    late.send("GET / HT");
    CHECK(read_reply(late.receive_all()).status == 408);
  }
  one.send(get);
  CHECK(one.receive().starts_with("HTTP/1.1 200"));
}

TEST_CASE("http_server: is full at its limit: who waits longest without a request makes way") {
  http_server::config limits;
  limits.max_connections = 3;
  std::promise<http_server::responder> held;
  const http_server server{limits, [&](const http_server::request& x, http_server::responder r) {
                             if (x.path == "/held")
                               held.set_value(std::move(r));
                             else
                               hello(x, std::move(r));
                           }};
  const raw_client working{server.port()};
  working.send("GET /held HTTP/1.1\r\n\r\n");
  auto answer = held.get_future().get();
  const raw_client idle{server.port()};
  const raw_client young{server.port()};
  CHECK(young.send(get));
  CHECK(young.receive().starts_with("HTTP/1.1 200"));
  const raw_client fourth{server.port()};
  CHECK(fourth.send(get));
  CHECK(fourth.receive().starts_with("HTTP/1.1 200"));
  CHECK(idle.receive().empty());
  CHECK(server.connections() == 3);
  answer.send(200, "patience");
  CHECK(working.receive().ends_with("patience"));
}

TEST_CASE("http_server: lets one address hold only so many connections") {
  http_server::config limits;
  limits.max_per_address = 2;
  const http_server server{limits, hello};
  std::vector<raw_client> all;
  for (int i = 0; i < 20; ++i)
    all.emplace_back(server.port());
  CHECK(all.back().send(get));
  CHECK(all.back().receive().starts_with("HTTP/1.1 200"));
  CHECK(server.connections() == 2);
  limits.loopback_counts = false;
  const http_server generous{limits, hello};
  std::vector<raw_client> more;
  for (int i = 0; i < 20; ++i) {
    more.emplace_back(generous.port());
    more.back().send(get);
    CHECK(more.back().receive().starts_with("HTTP/1.1 200"));
  }
  CHECK(generous.connections() == 20);
}

TEST_CASE("http_server: asks once a head is complete who may bring how much") {
  http_server::config limits;
  std::atomic<int> asked = 0;
  limits.admit = [&](const http_server::request& x) {
    ++asked;
    http_server::admission result{5, {}};
    if (x.header("Password") != "open sesame")
      result.refusal = http_server::answer{.status = 401, .headers = {}, .body = "no", .file = {}};
    return result;
  };
  const http_server server{limits, hello};
  const std::string good = "POST /p HTTP/1.1\r\nPassword: open sesame\r\n";
  CHECK(read_reply(talk(server, good + "Content-Length: 5\r\n\r\n12345")).body == "POST /p 12345");
  CHECK(status_of(server, good + "Content-Length: 6\r\n\r\n123456") == 413);
  CHECK(status_of(server, good + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n0\r\n\r\n")
        == 413);
  CHECK(status_of(server, "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n") == 401);
  CHECK(asked == 4);
  const raw_client one{server.port()}; // a refused request without a body ends nothing
  for (int i = 0; i < 2; ++i) {
    one.send(get);
    CHECK(one.receive().starts_with("HTTP/1.1 401"));
  }
}

TEST_CASE("http_server: takes bodies in pieces, chunks and requests one behind the other") {
  const http_server server{{}, hello};
  const std::string chunked = "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(read_reply(talk(server, chunked
                                  + "3;name=\"v\"\r\nabc\r\n0A\r\n0123456789\r\n0\r\n"
                                    "Trailer: x\r\n\r\n"))
          .body
        == "POST /c abc0123456789");
  const auto two = talk(server, std::string{"GET /1 HTTP/1.1\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"});
  CHECK(two.find("GET /1 ") != std::string::npos);
  CHECK(two.find("GET /2 ") != std::string::npos);
  const raw_client asks{server.port()};
  asks.send("PUT /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(asks.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
  asks.send("bo");
  asks.send("dy");
  CHECK(read_reply(asks.receive()).body == "PUT /e body");
  CHECK(read_reply(talk(server, "GET http://host/a%20b?q HTTP/1.1\r\n\r\n")).body == "GET /a b ");
  const auto old = exchange(server.port(), "GET /old HTTP/1.0\r\n\r\n");
  CHECK(old.body == "GET /old ");
}

TEST_CASE("http_server: refuses what two readers could read in two ways") {
  const http_server server{{.max_headers = 4096}, hello};
  struct row {
    const char* request;
    int status;
  };
  for (const auto& [request, status] :
       {row{"GET /\r\n\r\n", 400}, row{"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
        row{"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400},
        row{"GET / HTTP/1.1\r\nA: b\x01\r\n\r\n", 400}, row{"GET / HTTP/2.0\r\n\r\n", 505},
        row{"BREW / HTTP/1.1\r\n\r\n", 501}, row{"G@T / HTTP/1.1\r\n\r\n", 400},
        row{"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
        row{"POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n", 400},
        row{"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12", 400},
        row{"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1", 400},
        row{"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        row{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        row{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", 400},
        row{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", 400},
        row{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400},
        row{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r1\r\n", 400},
        row{"POST / HTTP/1.1\r\nExpect: miracles\r\n\r\n", 417}}) {
    CAPTURE(request);
    CHECK(status_of(server, request) == status);
  }
  CHECK(status_of(server, "GET / HTTP/1.1\r\nA: " + std::string(5000, 'x')) == 431);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 101; ++i)
    many += "A: b\r\n";
  CHECK(status_of(server, many + "\r\n") == 431);
}

TEST_SUITE_END();
