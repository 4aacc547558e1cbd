#include "raw_server.hpp"
#include "tests/support/variable.hpp"

using namespace neurocards;
using namespace neurocards::test;
using http::outcome;

namespace {

/// A port on which nobody listens.
uint16_t closed_port() {
  const raw_server server{[](raw_connection&) {}};
  return server.port();
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_engine");

TEST_CASE("http engine: an answer comes with status, body and headers") {
  raw_server server{serve_hello};
  http::engine engine;
  const auto x = fetch(engine, get(server.url()));
  CHECK(x.outcome == outcome::answered);
  CHECK(x.ok());
  CHECK(x.status == 200);
  CHECK(x.body == "hello");
  CHECK(x.bytes == 5);
  CHECK(x.content_type == "text/plain");
  CHECK(x.retry_after == "7");
  CHECK(x.headers.size() == 3);
  CHECK(x.error.empty());
}

TEST_CASE("http engine: what is sent is the request and no more") {
  std::promise<std::string> seen;
  raw_server server{[&](raw_connection& c) {
    seen.set_value(c.read_request());
    c.answer("");
  }};
  http::engine engine;
  auto request = post(server.url("/a%2Fb/../c?x=1"), R"({"a":1})");
  request.headers = {{"Content-Type", "application/json"}};
  request.bearer = secret{"key"};
  CHECK(fetch(engine, request).ok());
  const auto text = seen.get_future().get();
  CHECK(text.starts_with("POST /a%2Fb/../c?x=1 HTTP/1.1\r\n"));
  CHECK(text.find("Authorization: Bearer key\r\n") != std::string::npos);
  CHECK(text.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(text.find("User-Agent: Mozilla/5.0") != std::string::npos);
  CHECK(text.find("Content-Length: 7\r\n") != std::string::npos);
  CHECK(text.find("Expect:") == std::string::npos);
  CHECK(text.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE("http engine: connections are kept, a fresh one is made on demand") {
  raw_server server{serve_hello};
  http::engine engine;
  for (int i = 0; i < 5; ++i)
    CHECK(fetch(engine, get(server.url())).ok());
  CHECK(server.connections() == 1);
  auto request = get(server.url());
  request.fresh = true;
  CHECK(fetch(engine, request).ok());
  CHECK(server.connections() == 2);
}

TEST_CASE("http engine: refused connection and unknown host: nothing was sent") {
  http::engine engine;
  const auto refused =
    fetch(engine, post("http://127.0.0.1:" + std::to_string(closed_port()), "x"));
  CHECK(refused.outcome == outcome::not_sent);
  CHECK(refused.status == 0);
  CHECK(!refused.error.empty());
  auto nowhere = post("http://no-such-host.invalid/", "x");
  nowhere.timeout = 3s;
  CHECK(fetch(engine, nowhere).outcome == outcome::not_sent);
}

TEST_CASE("http engine: a TLS handshake that fails: nothing was sent") {
  raw_server server{[](raw_connection& c) { c.write("this is no TLS\r\n\r\n"); }};
  http::engine engine;
  auto request = post("https://127.0.0.1:" + std::to_string(server.port()) + "/", "x");
  CHECK(fetch(engine, request).outcome == outcome::not_sent);
}

TEST_CASE("http engine: a TLS handshake that hangs: nothing was sent") {
  raw_server server{[](raw_connection& c) { c.wait_for_close(); }};
  http::engine engine;
  auto request = post("https://127.0.0.1:" + std::to_string(server.port()) + "/", "x");
  request.connect_timeout = 200ms;
  const auto x = fetch(engine, request);
  CHECK(x.outcome == outcome::not_sent);
  CHECK(x.took < 5s);
}

TEST_CASE("http engine: after sending began every failure is an interruption") {
  struct phase {
    const char* name;
    raw_server::server serve;
  };
  const auto closes_after = [](const std::string& part) {
    return [part](raw_connection& c) {
      c.read_request();
      c.write(part);
    };
  };
  const std::vector<phase> phases{
    {"closed without a word", [](raw_connection& c) { c.read_request(); }},
    {"reset without a word",
     [](raw_connection& c) {
       c.read_request();
       c.reset();
     }},
    {"closed within the status line", closes_after("HTTP/1.1 20")},
    {"closed within the headers", closes_after("HTTP/1.1 200 OK\r\nContent-Le")},
    {"closed within the body", closes_after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"co")},
    {"closed within a chunk",
     closes_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc")},
    {"not HTTP", closes_after("SSH-2.0-OpenSSH_9.2\r\n\r\n")},
    {"silence",
     [](raw_connection& c) {
       c.read_request();
       c.wait_for_close();
     }},
    {"silence within the body",
     [](raw_connection& c) {
       c.read_request();
       c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
       c.wait_for_close();
     }},
  };
  http::engine engine;
  for (const auto& x : phases) {
    CAPTURE(x.name);
    raw_server server{x.serve};
    auto request = post(server.url(), "{}");
    request.timeout = 500ms;
    const auto answer = fetch(engine, request);
    CHECK(answer.outcome == outcome::interrupted);
    CHECK(answer.status == 0);
    CHECK(answer.body.empty());
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("http engine: a POST is never sent twice, a GET may be") {
  std::atomic<int> requests{0};
  // Answers the first request of a connection and drops the second: what a server does that closes
  // an idle connection just then.
  raw_server server{[&](raw_connection& c) {
    if (c.read_request().empty())
      return; // the second try, called off before anything was sent
    ++requests;
    c.answer("first");
    if (!c.read_request().empty())
      ++requests;
  }};
  http::engine engine;
  CHECK(fetch(engine, get(server.url())).ok());
  CHECK(fetch(engine, post(server.url(), "pay")).outcome == outcome::interrupted);
  CHECK(requests.load() == 2);
  CHECK(fetch(engine, get(server.url())).ok());
  CHECK(fetch(engine, get(server.url())).ok()); // dropped and repeated by libcurl
  CHECK(requests.load() == 5);
}

TEST_CASE("http engine: answers that are too large are stopped") {
  http::engine engine;
  SUBCASE("told by Content-Length") {
    raw_server server{[](raw_connection& c) {
      c.read_request();
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
      c.wait_for_close();
    }};
    auto request = get(server.url());
    request.max_bytes = 1000;
    CHECK(fetch(engine, request).outcome == outcome::too_large);
  }
  SUBCASE("endless") {
    std::atomic<int64_t> sent{0};
    raw_server server{[&](raw_connection& c) {
      c.read_request();
      c.write("HTTP/1.1 200 OK\r\n\r\n");
      const std::string chunk(10'000, 'x');
      while (c.write(chunk))
        sent += 10'000;
    }};
    auto wanted = get(server.url());
    wanted.max_bytes = 100'000;
    const auto x = fetch(engine, wanted);
    CHECK(x.outcome == outcome::too_large);
    CHECK(x.body.empty());
    CHECK(sent < 50'000'000);
  }
}

TEST_CASE("http engine: redirects are followed only if asked for") {
  raw_server target{serve_hello};
  raw_server server{[&](raw_connection& c) {
    while (!c.read_request().empty())
      c.answer("", "302 Found", "Location: " + target.url("/there") + "\r\n");
  }};
  http::engine engine;
  auto request = get(server.url());
  CHECK(fetch(engine, request).status == 302);
  request.follow = true;
  CHECK(fetch(engine, request).body == "hello");
}

TEST_CASE("http engine: a redirect to another scheme or in a circle is not followed") {
  http::engine engine;
  SUBCASE("file") {
    raw_server server{[](raw_connection& c) {
      c.read_request();
      c.answer("", "302 Found", "Location: file:///etc/passwd\r\n");
    }};
    auto request = get(server.url());
    request.follow = true;
    CHECK(fetch(engine, request).outcome == outcome::forbidden_address);
  }
  SUBCASE("circle") {
    raw_server server{[](raw_connection& c) {
      while (!c.read_request().empty())
        c.answer("", "302 Found", "Location: /\r\n");
    }};
    auto wanted = get(server.url());
    wanted.follow = true;
    CHECK(fetch(engine, wanted).outcome == outcome::interrupted);
  }
}

TEST_CASE("http engine: no way to private addresses where they are forbidden") {
  std::atomic<int> reached{0};
  raw_server server{[&](raw_connection& c) {
    while (!c.read_request().empty()) {
      ++reached;
      c.answer("secret");
    }
  }};
  http::engine engine;
  CHECK(fetch(engine, get(server.url())).ok()); // leaves a connection that must not be inherited
  reached = 0;
  const auto port = std::to_string(server.port());
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]",
                                 "2130706433", "0x7f.1", "10.0.0.1", "169.254.169.254"}) {
    CAPTURE(host);
    auto request = get("http://" + host + ":" + port + "/");
    request.private_addresses = false;
    request.follow = true;
    request.timeout = 2s;
    CHECK(fetch(engine, request).outcome == outcome::forbidden_address);
  }
  CHECK(reached == 0);
}

TEST_CASE("http engine: our own faults are told apart") {
  scratch_directory here;
  raw_server server{serve_hello};
  http::engine engine;
  auto upload = get(server.url());
  upload.method = "PUT";
  upload.body_file = here / "missing";
  CHECK(fetch(engine, upload).outcome == outcome::local_fault);
  auto multipart = post(server.url(), "");
  multipart.parts = {{"file", "", here / "missing", "a.jpg", "image/jpeg"}};
  CHECK(fetch(engine, multipart).outcome == outcome::local_fault);
  auto download = get(server.url());
  download.save_to = here / "no/such/directory/x";
  const auto x = fetch(engine, download);
  CHECK(x.outcome == outcome::local_fault);
  CHECK(x.error_number == ENOENT);
  auto split = get(server.url());
  split.headers = {{"X-A", "b\r\nX-Evil: c"}};
  CHECK(fetch(engine, split).outcome == outcome::local_fault);
  CHECK(fetch(engine, get("nonsense://x/")).outcome == outcome::local_fault);
  auto full = get(server.url());
  full.save_to = "/dev/full"; // exists: O_EXCL refuses it
  CHECK(fetch(engine, full).error_number == EEXIST);
}

TEST_CASE("http engine: a body goes to a file only when it is the right one") {
  scratch_directory here;
  http::engine engine;
  SUBCASE("success") {
    raw_server server{serve_hello};
    auto request = get(server.url());
    request.save_to = here / "x";
    const auto x = fetch(engine, request);
    CHECK(x.ok());
    CHECK(x.body.empty());
    CHECK(x.bytes == 5);
    CHECK(x.prefix == "hello");
    CHECK(read_file(request.save_to) == "hello");
  }
  SUBCASE("empty") {
    raw_server server{[](raw_connection& c) {
      c.read_request();
      c.answer("");
    }};
    auto wanted = get(server.url());
    wanted.save_to = here / "x";
    CHECK(fetch(engine, wanted).ok());
    CHECK(std::filesystem::exists(wanted.save_to));
  }
  SUBCASE("refusal") {
    raw_server server{[](raw_connection& c) {
      c.read_request();
      c.answer("gone", "404 Not Found");
    }};
    auto download = get(server.url());
    download.save_to = here / "x";
    const auto x = fetch(engine, download);
    CHECK(x.status == 404);
    CHECK(x.body == "gone");
    CHECK(!std::filesystem::exists(download.save_to));
  }
  SUBCASE("cut") {
    raw_server server{[](raw_connection& c) {
      c.read_request();
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    }};
    auto download = get(server.url());
    download.save_to = here / "x";
    CHECK(fetch(engine, download).outcome == outcome::interrupted);
    CHECK(!std::filesystem::exists(download.save_to));
  }
}

TEST_CASE("http engine: the environment's proxy is not used, the request's is") {
  const test::variable dead{"http_proxy", "http://127.0.0.1:1"};
  const test::variable direct{"no_proxy", "127.0.0.1"};
  raw_server server{serve_hello};
  http::engine engine;
  CHECK(fetch(engine, get(server.url())).ok());
  std::promise<std::string> seen;
  raw_server proxy{[&](raw_connection& c) {
    seen.set_value(c.read_request());
    c.answer("by proxy");
  }};
  auto request = get(server.url("/x"));
  request.proxy = proxy.url();
  CHECK(fetch(engine, request).body == "by proxy");
  CHECK(seen.get_future().get().starts_with("GET " + server.url("/x") + " HTTP/1.1"));
}

TEST_SUITE_END();
