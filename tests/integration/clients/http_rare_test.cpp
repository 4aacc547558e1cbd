#include "raw_server.hpp"

#include "tests/support/http2_server.hpp"

// Unusual but legal HTTP. Whoever takes such an answer for none sends a message twice.

using namespace neurocards;
using namespace neurocards::test;
using http::outcome;

namespace {

struct rare_answer {
  const char* name;
  std::string text; // as sent, before the connection closes
  int status = 200;
  std::string body = "ok";
};

const std::vector<rare_answer>& rare_answers() {
  static const std::string long_value(60'000, 'x');
  static const std::vector<rare_answer> list{
    {"trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                 "2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"},
    {"a trailer without its end",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"},
    {"chunk extensions", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "1;a=b\r\no\r\n1;c=\"d;e\"\r\nk\r\n0;last\r\n\r\n"},
    {"chunk sizes with zeros and capitals",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n000A\r\n0123456789\r\n00\r\n\r\n", 200,
     "0123456789"},
    {"100 before the answer",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
    {"102 and 103 before the answer",
     "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
     "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
    {"no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"},
    {"no reason phrase and no blank", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"},
    {"names in capitals", "HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 2\r\n\r\nok"},
    {"names in small letters", "HTTP/1.1 200 ok\r\ncontent-length:2\r\n\r\nok"},
    {"blanks around values", "HTTP/1.1 200 OK\r\nContent-Length: \t 2 \t \r\n\r\nok"},
    {"the same length twice",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"},
    {"a folded header",
     "HTTP/1.1 200 OK\r\nX-Folded: a\r\n  b\r\n\tc\r\nContent-Length: 2\r\n\r\nok"},
    {"a header without value", "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nok"},
    {"a very long header",
     "HTTP/1.1 200 OK\r\nX-Long: " + long_value + "\r\nContent-Length: 2\r\n\r\nok"},
    {"no length, closed at the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok"},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok"},
    {"only line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"},
    {"204", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
    {"304", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", 304, ""},
    {"an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
    {"an empty body in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     200, ""},
    {"a refusal with trailers",
     "HTTP/1.1 429 Slow\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
     429},
  };
  return list;
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_rare");

TEST_CASE("http engine: unusual but legal answers are answers") {
  http::engine engine;
  for (const auto& x : rare_answers()) {
    CAPTURE(x.name);
    std::atomic<int> requests{0};
    raw_server server{[&](raw_connection& c) {
      if (c.read_request().empty())
        return;
      ++requests;
      c.write(x.text);
    }};
    const auto got = fetch(engine, post(server.url(), "{}"));
    CHECK(got.outcome == outcome::answered);
    CHECK(got.status == x.status);
    CHECK(got.body == x.body);
    CHECK(got.error.empty());
    CHECK(requests == 1);
  }
}

TEST_CASE("http engine: unusual answers leave a kept connection usable") {
  http::engine engine;
  for (const auto& x : rare_answers()) {
    if (x.text.find("Connection: close") != std::string::npos || x.text.starts_with("HTTP/1.0"))
      continue;
    CAPTURE(x.name);
    raw_server server{[&](raw_connection& c) {
      while (!c.read_request().empty())
        c.write(x.text);
    }};
    for (int i = 0; i < 2; ++i) {
      const auto got = fetch(engine, post(server.url(), "{}"));
      CHECK(got.outcome == outcome::answered);
      CHECK(got.body == x.body);
    }
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("http engine: only informed and then left, a request has no answer") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 102 Processing\r\n\r\n");
  }};
  http::engine engine;
  const auto got = fetch(engine, post(server.url(), "{}"));
  CHECK(got.outcome == outcome::interrupted);
  CHECK(got.status == 0);
}

TEST_CASE("http engine: what headers say does not hang on letters, folds or trailers") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 429 Slow\r\nCONTENT-TYPE: text/plain;\r\n charset=utf-8\r\nretry-AFTER:7\r\n"
            "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nRetry-After: 900\r\n\r\n");
  }};
  http::engine engine;
  const auto got = fetch(engine, post(server.url(), "{}"));
  CHECK(got.content_type == "text/plain; charset=utf-8");
  CHECK(got.retry_after == "7");
}

TEST_CASE("http engine: no coding of a body is accepted that it does not understand") {
  std::promise<std::string> seen;
  raw_server server{[&](raw_connection& c) {
    seen.set_value(c.read_request());
    c.answer("ok");
  }};
  http::engine engine;
  CHECK(fetch(engine, get(server.url())).ok());
  CHECK(seen.get_future().get().find("Accept-Encoding: identity\r\n") != std::string::npos);
}

TEST_CASE("http engine: trailers and informational answers of HTTP/2") {
  const http2_server server;
  http::engine engine{{.ca_file = server.certificate()}};
  auto got = fetch(engine, post(server.url("/trailers"), "{}"));
  CHECK(got.outcome == outcome::answered);
  CHECK(got.body == "with trailers");
  got = fetch(engine, post(server.url("/informed"), "{}"));
  CHECK_MESSAGE(got.outcome == outcome::answered, got.error);
  CHECK(got.status == 200);
  CHECK(got.body == "informed");
}

namespace {

/// More than a server takes before it answers.
const std::string& large_body() {
  static const std::string text(3'000'000, 'x');
  return text;
}

} // namespace

TEST_CASE("http engine: HTTP/2 may answer before it has read the request, and is believed") {
  const http2_server server;
  http::engine engine{{.ca_file = server.certificate()}};
  for (const int status : {200, 401, 413, 429, 500}) {
    CAPTURE(status);
    const auto got =
      fetch(engine, post(server.url("/early/" + std::to_string(status)), large_body()));
    CHECK_MESSAGE(got.outcome == outcome::answered, got.error);
    CHECK(got.status == status);
    CHECK(got.body == "early");
    CHECK(got.error.empty());
  }
}

TEST_CASE("http engine: an HTTP/2 answer that is whole counts, though the request never ends") {
  const http2_server server;
  http::engine engine{{.ca_file = server.certificate()}};
  auto request = post(server.url("/measured"), large_body());
  request.timeout = 2s; // libcurl 7.88 waits that long for the rest of the request to go
  const auto got = fetch(engine, std::move(request));
  CHECK_MESSAGE(got.outcome == outcome::answered, got.error);
  CHECK(got.status == 200);
  CHECK(got.body == "early");
}

TEST_CASE("http engine: an HTTP/2 answer that ends with a fault is none") {
  const http2_server server;
  http::engine engine{{.ca_file = server.certificate()}};
  const auto got = fetch(engine, post(server.url("/broken"), large_body()));
  CHECK(got.outcome == outcome::interrupted);
  CHECK(got.status == 0);
  CHECK(got.error.find("INTERNAL_ERROR") != std::string::npos);
}

TEST_CASE("http engine: HTTP/1.1 may answer before it has read the request, and is believed") {
  for (const auto* status : {"200 OK", "413 Too Large", "429 Slow"}) {
    CAPTURE(std::string{status});
    raw_server server{[&](raw_connection& c) {
      c.read_head();
      c.answer("early", status, "Connection: close\r\n");
      c.skip(large_body().size());
    }};
    http::engine engine;
    const auto got = fetch(engine, post(server.url(), large_body()));
    CHECK_MESSAGE(got.outcome == outcome::answered, got.error);
    CHECK(std::to_string(got.status) == std::string{status}.substr(0, 3));
    CHECK(got.body == "early");
  }
}

TEST_SUITE_END();
