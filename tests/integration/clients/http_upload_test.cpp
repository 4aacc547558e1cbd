#include "raw_server.hpp"
#include "stuck_disk.hpp"

#include "tests/support/process.hpp"

// A disk that stands still while a file is sent holds up that transfer, and nobody else.

using namespace neurocards;
using namespace neurocards::test;
using http::outcome;

namespace {

/// Bytes of which no two portions are alike.
std::string uneven(size_t bytes) {
  std::string result;
  while (result.size() < bytes)
    result += std::to_string(result.size()) + ' ';
  result.resize(bytes);
  return result;
}

http::request upload(const std::string& url, const std::string& file, bool as_part) {
  auto request = get(url);
  request.timeout = 20s;
  if (as_part) {
    request.method = "POST";
    request.parts = {{"video", "", file, "", ""}};
  } else {
    request.method = "PUT";
    request.body_file = file;
  }
  return request;
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_upload");

TEST_CASE("http engine: a disk that hangs delays only what is sent from it") {
  bool as_part = false;
  SUBCASE("as a body") {}
  SUBCASE("as a part") {
    as_part = true;
  }
  CAPTURE(as_part);
  std::promise<std::string> seen;
  raw_server server{[&](raw_connection& c) {
    const auto text = c.read_request();
    if (!text.starts_with("GET"))
      seen.set_value(text);
    c.answer("small");
  }};
  scratch_directory here;
  const auto content = uneven(3'000'001);
  write_file(here / "video.mp4", content);
  stuck_disk disk;
  const auto beats = std::make_shared<http::pulse>();
  http::engine engine{{.disk = disk.worker, .beats = beats}};
  auto sent = start(engine, upload(server.url("/up"), here / "video.mp4", as_part));
  for (int i = 0; i < 3; ++i) {
    const auto x = fetch(engine, get(server.url("/small")));
    CHECK(x.body == "small");
    CHECK(std::chrono::steady_clock::now().time_since_epoch() - beats->load() < 5s);
  }
  CHECK(sent.wait_for(0s) == std::future_status::timeout);
  CHECK(engine.counters().waiting == 1);
  disk.let_go();
  REQUIRE(sent.wait_for(30s) == std::future_status::ready);
  CHECK(sent.get().body == "small");
  const auto text = seen.get_future().get();
  CHECK(text.find(content) != std::string::npos);
  if (as_part)
    CHECK(text.find("filename=\"video.mp4\"") != std::string::npos);
}

TEST_CASE("http engine: a disk that hangs in the middle of an upload delays only that") {
  bool as_part = false;
  SUBCASE("as a body") {}
  SUBCASE("as a part") {
    as_part = true;
  }
  CAPTURE(as_part);
  std::promise<void> begun;
  std::promise<void> go_on;
  std::promise<size_t> came;
  raw_server server{[&](raw_connection& c) {
    const auto head = c.read_head();
    if (head.starts_with("GET")) {
      c.answer("small");
      return;
    }
    begun.set_value();
    go_on.get_future().wait();
    const std::string name = "Content-Length: ";
    came.set_value(c.skip(std::stoul(head.substr(head.find(name) + name.size()))));
    c.answer("taken");
  }};
  scratch_directory here;
  write_file(here / "video.mp4", uneven(big));
  const auto worker = std::make_shared<storage::file_worker>();
  http::engine engine{{.disk = worker}};
  auto sent = start(engine, upload(server.url("/up"), here / "video.mp4", as_part));
  begun.get_future().wait();
  stuck_disk disk{worker};
  go_on.set_value();
  CHECK(fetch(engine, get(server.url("/small"))).body == "small");
  CHECK(sent.wait_for(0s) == std::future_status::timeout);
  disk.let_go();
  REQUIRE(sent.wait_for(30s) == std::future_status::ready);
  CHECK(sent.get().body == "taken");
  CHECK(came.get_future().get() >= big);
}

TEST_CASE("http engine: a file that becomes shorter while it is sent is our fault") {
  std::promise<void> cut;
  raw_server server{[&](raw_connection& c) {
    c.read_head();
    cut.get_future().wait();
    c.skip(big);
  }};
  scratch_directory here;
  write_file(here / "video.mp4", uneven(big));
  http::engine engine;
  auto sent = start(engine, upload(server.url("/up"), here / "video.mp4", false));
  wait_until("the request", [&] { return server.connections() == 1; });
  std::filesystem::resize_file(here / "video.mp4", 1);
  cut.set_value();
  REQUIRE(sent.wait_for(30s) == std::future_status::ready);
  const auto x = sent.get();
  CHECK(x.outcome == outcome::local_fault);
  CHECK(x.error == "cannot read " + (here / "video.mp4") + ": it became shorter");
}

TEST_CASE("http engine: one whose files the disk has not told of is called off at once") {
  scratch_directory here;
  write_file(here / "video.mp4", "v");
  stuck_disk disk;
  http::engine engine{{.disk = disk.worker}};
  std::promise<http::response> answer;
  const auto number = engine.submit(upload("http://127.0.0.1:9/", here / "video.mp4", false),
                                    [&](http::response x) { answer.set_value(std::move(x)); });
  engine.cancel(number);
  CHECK(answer.get_future().get().outcome == outcome::not_started);
  CHECK(engine.counters().waiting == 0);
}

TEST_CASE("http engine: an engine that ends answers for those whose files it has not seen") {
  scratch_directory here;
  write_file(here / "video.mp4", "v");
  stuck_disk disk;
  std::future<http::response> sent;
  {
    http::engine engine{{.disk = disk.worker}};
    sent = start(engine, upload("http://127.0.0.1:9/", here / "video.mp4", false));
  }
  CHECK(sent.get().outcome == outcome::not_started);
}

TEST_SUITE_END();
