#include "base/http_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/raw_http.hpp"

#include <curl/curl.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <future>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

struct result {
  long status = 0;
  CURLcode code = CURLE_OK;
  std::string body;
};

size_t collect(char* data, size_t, size_t size, void* out) {
  static_cast<std::string*>(out)->append(data, size);
  return size;
}

struct call {
  std::string path = "/";
  std::string range{};
  std::string upload{};
  bool head = false;
};

result fetch(const http_server& server, const call& c) {
  result out;
  auto* easy = curl_easy_init();
  const auto url = "http://127.0.0.1:" + std::to_string(server.port()) + c.path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(easy, CURLOPT_NOBODY, c.head ? 1L : 0L);
  if (!c.range.empty())
    curl_easy_setopt(easy, CURLOPT_RANGE, c.range.c_str());
  if (!c.upload.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(c.upload.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, c.upload.data());
  }
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &out.body);
  out.code = curl_easy_perform(easy);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out.status);
  curl_easy_cleanup(easy);
  return out;
}

/// A file of the digits 0…9 that is gone at the end.
struct digits_file {
  std::string path = (std::filesystem::temp_directory_path() / "digits-XXXXXX").string();
  digits_file() {
    const int fd = mkstemp(path.data());
    REQUIRE(write(fd, "0123456789", 10) == 10);
    close(fd);
  }
  ~digits_file() { std::filesystem::remove(path); }
};

void echo(const http_server::request& req, http_server::responder r) {
  r.send(200, req.method + " " + req.path + " " + std::string{req.param("q")} + " " + req.body,
         "text/plain");
}

} // namespace

TEST_SUITE_BEGIN("unit/base/http_server");

TEST_CASE("http_server: hands over decoded requests") {
  const http_server server{{}, echo};
  CHECK(fetch(server, {.path = "/a%20b?x=1&q=c+d%21"}).body == "GET /a b c d! ");
  CHECK(fetch(server, {.path = "/p", .upload = "hello"}).body == "POST /p  hello");
}

TEST_CASE("http_server: answers later and from another thread") {
  std::promise<http_server::responder> held;
  http_server server{
    {}, [&](http_server::request, http_server::responder r) { held.set_value(std::move(r)); }};
  auto answer = std::async(std::launch::async, [&] { return fetch(server, {}); });
  held.get_future().get().send(201, "late");
  const auto got = answer.get();
  CHECK(got.status == 201);
  CHECK(got.body == "late");
}

TEST_CASE("http_server: a responder that is dropped answers 500") {
  const http_server server{{}, [](const http_server::request&, const http_server::responder&) {}};
  CHECK(fetch(server, {}).status == 500);
}

TEST_CASE("http_server: responders may outlive the server and then do nothing") {
  std::promise<http_server::responder> held;
  auto server = std::make_unique<http_server>(
    http_server::config{},
    [&](http_server::request, http_server::responder r) { held.set_value(std::move(r)); });
  auto answer = std::async(std::launch::async, [&] { return fetch(*server, {}); });
  auto responder = held.get_future().get();
  server->stop(0ms);
  CHECK(answer.get().code == CURLE_GOT_NOTHING);
  server.reset();
  responder.send(200, "nobody hears this");
}

TEST_CASE("http_server: stop lets requests at hand finish") {
  std::promise<void> arrived;
  http_server* running = nullptr;
  http_server server{{}, [&](http_server::request, http_server::responder r) {
                       auto kept = std::make_shared<http_server::responder>(std::move(r));
                       running->run_after(50ms, [kept] { kept->send(200, "finished"); });
                       arrived.set_value();
                     }};
  running = &server;
  auto answer = std::async(std::launch::async, [&] { return fetch(server, {}); });
  arrived.get_future().wait();
  server.stop(10s);
  CHECK(answer.get().body == "finished");
}

TEST_CASE("http_server: sends files, whole, in part and without a body") {
  const digits_file file;
  const http_server server{{}, [&](const http_server::request& req, http_server::responder r) {
                             http_server::answer a;
                             a.file = req.path == "/none" ? "/nonexistent" : file.path;
                             a.chunked = req.path == "/chunked";
                             r.send(std::move(a));
                           }};
  CHECK(fetch(server, {}).body == "0123456789");
  CHECK(fetch(server, {.path = "/chunked"}).body == "0123456789");
  CHECK(fetch(server, {.head = true}).status == 200);
  CHECK(fetch(server, {.head = true}).body == "");
  CHECK(fetch(server, {.path = "/none"}).status == 404);
  struct row {
    const char* range;
    long status;
    const char* body;
  };
  for (const auto& r :
       {row{"2-4", 206, "234"}, row{"7-", 206, "789"}, row{"-2", 206, "89"},
        row{"5-99", 206, "56789"}, row{"10-", 416, ""}, row{"0-1,3-4", 200, "0123456789"}}) {
    CAPTURE(r.range);
    const auto got = fetch(server, {.range = r.range});
    CHECK(got.status == r.status);
    CHECK(got.body == r.body);
  }
}

TEST_CASE(
  "http_server: keeps no file open behind its answer, and says 503 where it can open none") {
  const digits_file file;
  const http_server server{{}, [&](const http_server::request&, http_server::responder r) {
                             http_server::answer a;
                             a.file = file.path;
                             r.send(std::move(a));
                           }};
  const test::raw_client last{server.port()}; // connected while there are descriptors
  for (const std::string head : {"GET / HTTP/1.1\r\n", "HEAD / HTTP/1.1\r\n"})
    for (const auto* range : {"", "Range: bytes=2-4\r\n", "Range: bytes=10-\r\n"})
      CHECK(test::exchange(server.port(), head + "Connection: close\r\n" + range + "\r\n").status
            >= 200);
  const auto opened = [&] {
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return std::count_if(begin(all), end(all), [&](const auto& x) {
      std::error_code gone;
      return std::filesystem::read_symlink(x.path(), gone) == file.path;
    });
  };
  test::wait_until("the file to be closed", [&] { return opened() == 0; });

  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  const int lowest_free = ::dup(STDERR_FILENO);
  ::close(lowest_free);
  const rlimit none{static_cast<rlim_t>(lowest_free), usual.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  CHECK(last.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
  const auto said = last.receive_all();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(test::read_reply(said).status == 503);
}

TEST_CASE("http_server: says why a host cannot be listened on, not what failed before") {
  errno = EACCES;
  std::string reason;
  try {
    http_server{{.host = "no such host"}, echo};
  } catch (const std::runtime_error& err) {
    reason = err.what();
  }
  CHECK(reason.find("cannot listen on no such host:0: ") != std::string::npos);
  CHECK(reason.find(gai_strerror(EAI_NONAME)) != std::string::npos);
  CHECK(reason.find("Permission denied") == std::string::npos);
}

TEST_CASE("http_server: refuses bodies that are too big") {
  const http_server server{{.max_body = 1000}, echo};
  CHECK(fetch(server, {.upload = std::string(1000, 'x')}).status == 200);
  CHECK(fetch(server, {.upload = std::string(1001, 'x')}).status == 413);
}

TEST_CASE("http_server: can cut a connection in the middle of an answer") {
  const http_server server{{}, [](const http_server::request&, http_server::responder r) {
                             r.cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                           }};
  const auto got = fetch(server, {});
  CHECK(got.code == CURLE_PARTIAL_FILE);
  CHECK(got.body == "abc");
}

TEST_CASE("http_server: runs timers in the order of their times") {
  std::promise<void> end;
  std::string order;
  http_server server{{}, echo};
  server.run_after(30ms, [&] { end.set_value(); });
  server.run_after(20ms, [&] { order += 'b'; });
  server.run_after(1ms, [&] { order += 'a'; });
  server.post([&] { order += '0'; });
  end.get_future().wait();
  CHECK(order == "0ab");
}

TEST_CASE("http_server: counts its clients and says when it cannot listen") {
  http_server server{{}, echo};
  CHECK(server.connections() == 0);
  std::promise<size_t> during;
  http_server other{{}, [&](const http_server::request&, http_server::responder r) {
                      during.set_value(other.connections());
                      r.send(200, "");
                    }};
  fetch(other, {});
  CHECK(during.get_future().get() == 1);
  CHECK_THROWS_AS(http_server({.port = server.port()}, echo), std::runtime_error);
}

TEST_CASE("decode_form: takes what clients send") {
  using fields = http_server::fields;
  CHECK(decode_form("a=1&b=x+y%21&c&&=d")
        == fields{{"a", "1"}, {"b", "x y!"}, {"c", ""}, {"", "d"}});
  CHECK(decode_form("") == fields{});
  CHECK(percent_decode("100%&%zz%4") == "100%&%zz%4");
}

TEST_SUITE_END();
