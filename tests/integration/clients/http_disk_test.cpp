#include "raw_server.hpp"
#include "stuck_disk.hpp"

#include "tests/support/http2_server.hpp"
#include "tests/support/process.hpp"

// A disk that stands still holds up whoever needs it, and nobody else.

using namespace neurocards;
using namespace neurocards::test;
using http::outcome;

namespace {

http::request download(const std::string& url, const std::string& to,
                       std::chrono::milliseconds limit = 20s) {
  auto request = get(url);
  request.save_to = to;
  request.max_bytes = 1 << 30;
  request.timeout = limit;
  return request;
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_disk");

TEST_CASE("http engine: a disk that hangs delays only what is saved") {
  std::atomic<size_t> sent{0};
  raw_server server{[&](raw_connection& c) {
    while (true) {
      const auto text = c.read_request();
      if (text.empty())
        return;
      if (!text.starts_with("GET /big")) {
        c.answer("small");
        continue;
      }
      c.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(big) + "\r\n\r\n");
      const std::string block(64 * 1024, 'v');
      for (size_t i = 0; i < big; i += block.size())
        sent += c.write(block) ? block.size() : 0;
    }
  }};
  scratch_directory here;
  stuck_disk disk;
  const auto beats = std::make_shared<http::pulse>();
  http::engine engine{{.disk = disk.worker, .beats = beats}};
  auto saved = start(engine, download(server.url("/big"), here / "big"));
  wait_until("the download to fill what is between", [&] { return sent > 0; });
  for (int i = 0; i < 3; ++i) {
    const auto x = fetch(engine, get(server.url("/small")));
    CHECK(x.body == "small");
    CHECK(x.took < 5s);
    CHECK(std::chrono::steady_clock::now().time_since_epoch() - beats->load() < 5s);
  }
  CHECK(saved.wait_for(0s) == std::future_status::timeout);
  disk.let_go();
  REQUIRE(saved.wait_for(30s) == std::future_status::ready);
  const auto x = saved.get();
  CHECK(x.ok());
  CHECK(x.bytes == big);
  CHECK(read_file(here / "big") == std::string(big, 'v'));
}

TEST_CASE("http engine: streams of one HTTP/2 connection pause for the disk and go on") {
  const http2_server server;
  scratch_directory here;
  stuck_disk disk;
  http::engine engine{{.ca_file = server.certificate(), .disk = disk.worker}};
  std::vector<std::future<http::response>> saved;
  for (int i = 0; i < 4; ++i)
    saved.push_back(
      start(engine, download(server.url("/video/2000000"), here / std::to_string(i), 60s)));
  CHECK(std::stoi(fetch(engine, get(server.url("/active"))).body) <= 4); // another lane
  disk.let_go();
  for (int i = 0; i < 4; ++i) {
    auto& x = saved[static_cast<size_t>(i)];
    REQUIRE(x.wait_for(60s) == std::future_status::ready);
    CHECK(x.get().ok());
    CHECK(std::filesystem::file_size(here / std::to_string(i)) == 2'000'000);
  }
}

TEST_CASE("http engine: a disk that hangs for the whole limit is our fault, not the server's") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(big) + "\r\n\r\n");
    const std::string block(64 * 1024, 'v');
    while (c.write(block)) {
    }
  }};
  scratch_directory here;
  stuck_disk disk;
  http::engine engine{{.disk = disk.worker}};
  auto saved = start(engine, download(server.url(), here / "big", 1s));
  wait_until("the request", [&] { return server.connections() == 1; });
  wait_until("the limit to pass", [&] { return engine.counters().in_flight == 0; });
  disk.let_go();
  REQUIRE(saved.wait_for(30s) == std::future_status::ready);
  const auto x = saved.get();
  CHECK(x.outcome == outcome::local_fault);
  CHECK(x.error_number == ETIMEDOUT);
  CHECK(!std::filesystem::exists(here / "big"));
}

TEST_CASE("http engine: it ends while its disk hangs, and the disk cleans up later") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    c.wait_for_close();
  }};
  scratch_directory here;
  stuck_disk disk;
  std::future<http::response> saved;
  {
    http::engine engine{{.disk = disk.worker}};
    saved = start(engine, download(server.url(), here / "x"));
    wait_until("the request", [&] { return server.connections() == 1; });
  }
  REQUIRE(saved.wait_for(0s) == std::future_status::ready);
  CHECK(!saved.get().ok());
  disk.let_go();
  disk.worker.reset();
  CHECK(!std::filesystem::exists(here / "x"));
}

// ── a transfer ends with whoever asked ───────────────────────────────────────────────────────────

TEST_CASE("http engine: what is called off ends at once, wherever it stands") {
  std::promise<void> left;
  raw_server server{[&](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    c.wait_for_close();
    left.set_value();
  }};
  scratch_directory here;
  http::engine engine{{.bulk_connections_per_host = 1}};
  std::promise<http::response> first;
  std::promise<http::response> second;
  const auto active = engine.submit(download(server.url(), here / "a"),
                                    [&](http::response x) { first.set_value(std::move(x)); });
  const auto waiting = engine.submit(download(server.url(), here / "b"),
                                     [&](http::response x) { second.set_value(std::move(x)); });
  wait_until("a beginning", [&] { return std::filesystem::exists(here / "a"); });
  engine.cancel(waiting);
  CHECK(second.get_future().get().outcome == outcome::not_started);
  engine.cancel(active);
  CHECK(first.get_future().get().outcome == outcome::interrupted);
  CHECK(left.get_future().wait_for(20s) == std::future_status::ready);
  CHECK(!std::filesystem::exists(here / "a"));
  CHECK(engine.counters().in_flight == 0);
  engine.cancel(active); // no matter
  engine.cancel(4711);
  CHECK(server.connections() == 1);
}

// ── going on where it was cut ────────────────────────────────────────────────────────────────────

namespace {

/// Answers the first request with 6 of 10 bytes, and later ones as the case says.
struct cutting_server {
  std::string validator = "ETag: \"v1\"\r\n";
  std::string then;  // what the second request gets
  std::string later; // and the third
  std::mutex mutex;
  std::vector<std::string> heads;
  raw_server server{[this](raw_connection& c) {
    const auto text = c.read_request();
    size_t turn = 0;
    {
      const std::lock_guard guard{mutex};
      heads.push_back(text);
      turn = heads.size();
    }
    if (turn == 1)
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" + validator + "\r\n012345");
    else
      c.write(turn == 2 ? then : later);
  }};
};

} // namespace

TEST_CASE("http engine: a download that was cut goes on where it was") {
  scratch_directory here;
  http::engine engine;
  cutting_server x;
  SUBCASE("by ETag") {}
  SUBCASE("by time") {
    x.validator = "Last-Modified: Sat, 28 Nov 2026 10:00:00 GMT\r\n";
  }
  x.then = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 6-9/10\r\nContent-Length: 4\r\n"
           "Content-Type: video/mp4\r\n\r\n6789";
  const auto got = fetch(engine, download(x.server.url(), here / "v"));
  CHECK(got.ok());
  CHECK(got.status == 200);
  CHECK(got.bytes == 10);
  CHECK(got.prefix == "0123456789");
  CHECK(got.content_type == "video/mp4");
  CHECK(read_file(here / "v") == "0123456789");
  REQUIRE(x.heads.size() == 2);
  CHECK(x.heads[1].find("Range: bytes=6-\r\n") != std::string::npos);
  const auto value = x.validator.substr(x.validator.find(' ') + 1);
  CHECK(x.heads[1].find("If-Range: " + value) != std::string::npos);
}

TEST_CASE("http engine: a file that changed meanwhile comes from its beginning") {
  scratch_directory here;
  http::engine engine;
  cutting_server x;
  x.then = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"v2\"\r\n\r\nnew";
  const auto got = fetch(engine, download(x.server.url(), here / "v"));
  CHECK(got.ok());
  CHECK(got.bytes == 3);
  CHECK(got.prefix == "new");
  CHECK(read_file(here / "v") == "new");
}

TEST_CASE("http engine: a server may send less of the rest than it was asked for") {
  scratch_directory here;
  http::engine engine;
  cutting_server x;
  x.then = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 6-7/10\r\nContent-Length: 2\r\n"
           "ETag: \"v1\"\r\n\r\n67";
  x.later = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 8-9/10\r\nContent-Length: 2\r\n"
            "ETag: \"v1\"\r\n\r\n89";
  const auto got = fetch(engine, download(x.server.url(), here / "v"));
  CHECK(got.ok());
  CHECK(got.bytes == 10);
  CHECK(read_file(here / "v") == "0123456789");
  REQUIRE(x.heads.size() == 3);
  CHECK(x.heads[2].find("Range: bytes=8-\r\n") != std::string::npos);
}

TEST_CASE("http engine: another part than the one asked for is no part of the file") {
  scratch_directory here;
  http::engine engine;
  cutting_server x;
  const std::string part = "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n";
  SUBCASE("from another place") {
    x.then = part + "Content-Range: bytes 5-8/10\r\n\r\n5678";
  }
  SUBCASE("of something else") {
    x.then = part + "Content-Range: bytes 6-9/10\r\nETag: \"v2\"\r\n\r\nabcd";
  }
  SUBCASE("of something larger") {
    x.then = part + "Content-Range: bytes 6-9/20\r\n\r\n6789";
  }
  SUBCASE("from nowhere") {
    x.then = part + "\r\n6789";
  }
  CHECK(fetch(engine, download(x.server.url(), here / "v")).outcome == outcome::interrupted);
  CHECK(!std::filesystem::exists(here / "v"));
}

TEST_CASE("http engine: nothing goes on that nobody vouches for") {
  scratch_directory here;
  http::engine engine;
  cutting_server x;
  SUBCASE("no validator") {
    x.validator = "";
  }
  SUBCASE("a weak one") {
    x.validator = "ETag: W/\"v1\"\r\n";
  }
  SUBCASE("coded for the journey") {
    x.validator += "Content-Encoding: gzip\r\n";
  }
  CHECK(fetch(engine, download(x.server.url(), here / "v")).outcome == outcome::interrupted);
  CHECK(x.heads.size() == 1);
  CHECK(!std::filesystem::exists(here / "v"));
}

TEST_CASE("http engine: a refusal of the rest is told as it is, and leaves no file") {
  scratch_directory here;
  http::engine engine;
  cutting_server x;
  x.then = "HTTP/1.1 403 Expired\r\nContent-Length: 4\r\n\r\ngone";
  const auto got = fetch(engine, download(x.server.url(), here / "v"));
  CHECK(got.status == 403);
  CHECK(got.body == "gone");
  CHECK(!std::filesystem::exists(here / "v"));
}

TEST_CASE("http engine: a part that nobody asked for is not the file") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/9\r\nContent-Length: 3\r\n"
            "\r\nabc");
  }};
  scratch_directory here;
  http::engine engine;
  CHECK(fetch(engine, download(server.url(), here / "v")).outcome == outcome::interrupted);
  CHECK(!std::filesystem::exists(here / "v"));
}

TEST_SUITE_END();
