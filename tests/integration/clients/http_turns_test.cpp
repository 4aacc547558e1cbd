#include "raw_server.hpp"

#include "tests/support/http2_server.hpp"
#include "tests/support/process.hpp"

#include <condition_variable>

// Who waits for whom: places on connections, and whose clock runs meanwhile.

using namespace neurocards;
using namespace neurocards::test;
using http::outcome;

namespace {

/// Answers of many exchanges at once.
class tally {
public:
  http::engine::callback callback() {
    return [this](const http::response& x) {
      const std::lock_guard guard{mutex_};
      ++(x.ok() ? good_ : bad_);
      if (!x.ok())
        last_fault_ = x.error;
      changed_.notify_all();
    };
  }

  void wait_for(int total) {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, 60s, [&] { return good_ + bad_ == total; }));
  }

  int good() const { return good_; }
  const std::string& last_fault() const { return last_fault_; }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int good_ = 0;
  int bad_ = 0;
  std::string last_fault_;
};

http::request download(const std::string& url, const std::string& to,
                       std::chrono::milliseconds limit) {
  auto request = get(url);
  request.save_to = to;
  request.timeout = limit;
  return request;
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_turns");

TEST_CASE("http engine: two hundred downloads at once all arrive, each within its own limit") {
  // 16 at a time, so that the last begin after 6 s and end after 6.5 s.
  raw_server server{[](raw_connection& c) {
    while (!c.read_request().empty()) {
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
      c.dawdle(500ms);
      c.write("video");
    }
  }};
  scratch_directory here;
  http::engine engine;
  tally all;
  for (int i = 0; i < 200; ++i)
    engine.submit(download(server.url(), here / std::to_string(i), 6s), all.callback());
  all.wait_for(200);
  CAPTURE(all.last_fault());
  CHECK(all.good() == 200);
  CHECK(read_file(here / "199") == "video");
  CHECK(server.connections() <= 16);
}

TEST_CASE("http engine: two hundred downloads share one HTTP/2 connection sixteen at a time") {
  const http2_server server;
  scratch_directory here;
  http::engine engine{{.ca_file = server.certificate()}};
  // Alone on the line a video takes 60 ms, one of sixteen 1 s, one of two hundred 12 s.
  const auto video = server.url("/video/393216");
  REQUIRE(fetch(engine, download(video, here / "first", 20s)).ok());
  tally all;
  for (int i = 0; i < 200; ++i)
    engine.submit(download(video, here / std::to_string(i), 9s), all.callback());
  all.wait_for(200);
  CAPTURE(all.last_fault());
  CHECK(all.good() == 200);
  CHECK(std::filesystem::file_size(here / "199") == 393'216);
  CHECK(std::stoi(fetch(engine, get(server.url("/active"))).body) <= 16);
}

TEST_CASE("http engine: waiting for a place is not the server's silence") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.wait_for_close();
  }};
  http::engine engine{{.connections_per_host = 1}};
  engine.submit(get(server.url()), [](const http::response&) {});
  auto request = post(server.url(), "x");
  request.timeout = 300ms;
  const auto x = fetch(engine, request);
  CHECK(x.outcome == outcome::not_started);
  CHECK(x.took < 5s);
}

TEST_CASE("http engine: the clock of an exchange starts with its place") {
  raw_server server{[](raw_connection& c) {
    while (!c.read_request().empty()) {
      c.dawdle(1s);
      c.answer("ok");
    }
  }};
  http::engine engine{{.connections_per_host = 1}};
  tally all;
  for (int i = 0; i < 4; ++i) { // the last waits 3 s, and needs 1 s of its 3.9
    auto request = post(server.url(), "x");
    request.timeout = 3900ms;
    engine.submit(request, all.callback());
  }
  all.wait_for(4);
  CHECK(all.good() == 4);
}

TEST_CASE("http engine: over plain HTTP nobody waits for the first answer of a host") {
  std::promise<void> second;
  auto came = second.get_future().share();
  raw_server server{[&](raw_connection& c) {
    if (c.read_request().starts_with("GET /first"))
      came.wait_for(20s);
    else
      second.set_value();
    c.answer("ok");
  }};
  http::engine engine;
  tally first;
  engine.submit(get(server.url("/first")), first.callback());
  wait_until("the first connection", [&] { return server.connections() == 1; });
  const auto x = fetch(engine, get(server.url("/second")));
  CHECK(x.ok());
  CHECK(x.took < 5s);
  first.wait_for(1);
}

TEST_SUITE_END();
