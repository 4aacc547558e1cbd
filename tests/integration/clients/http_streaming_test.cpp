#include "raw_server.hpp"

#include "base/http_server.hpp"

#include <sys/resource.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

constexpr size_t block_size = 1 << 20;
constexpr int blocks = 60;

/// Most memory this process ever held, in bytes.
int64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

/// Made once: what the test itself allocates must not blur the measurement.
const std::string& block(int number) {
  static const std::array<std::string, 3> kinds{
    std::string(block_size, 'a'), std::string(block_size, 'b'), std::string(block_size, 'c')};
  return kinds[static_cast<size_t>(number) % kinds.size()];
}

void write_big_file(const std::string& path) {
  std::ofstream out{path, std::ios::binary};
  for (int i = 0; i < blocks; ++i)
    out << block(i);
}

bool is_big_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::string text(block_size, '\0');
  for (int i = 0; i < blocks; ++i)
    if (!in.read(text.data(), static_cast<std::streamsize>(block_size)) || text != block(i))
      return false;
  return in.peek() == std::ifstream::traits_type::eof();
}

/// Takes a body of known length without keeping it; tells how much came.
size_t swallow(raw_connection& c, std::string& head) {
  head = c.read_head();
  const auto position = head.find("Content-Length: ");
  const size_t wanted = position == std::string::npos ? 0 : std::stoul(head.substr(position + 16));
  return c.skip(wanted);
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/http_streaming");

TEST_CASE("http engine: a download of 60 MB does not pass through memory") {
  scratch_directory here;
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(blocks * block_size)
            + "\r\n\r\n");
    for (int i = 0; i < blocks; ++i)
      c.write(block(i));
  }};
  http::engine engine;
  auto request = get(server.url());
  request.save_to = here / "video.mp4";
  request.max_bytes = 100 << 20;
  request.timeout = 30s;
  block(0);
  const auto before = peak_memory();
  const auto x = fetch(engine, request);
  CHECK(x.ok());
  CHECK(x.bytes == int64_t{blocks} * int64_t{block_size});
  CHECK(peak_memory() - before < 20 << 20);
  CHECK(is_big_file(request.save_to));
}

TEST_CASE("http engine: an upload of 60 MB does not pass through memory") {
  scratch_directory here;
  write_big_file(here / "video.mp4");
  std::string head;
  std::promise<size_t> came;
  raw_server server{[&](raw_connection& c) {
    came.set_value(swallow(c, head));
    c.answer("taken");
  }};
  http::engine engine;
  auto request = get(server.url("/bucket/video.mp4"));
  request.timeout = 30s;
  size_t least = 0;
  SUBCASE("as the body of a PUT") {
    request.method = "PUT";
    request.body_file = here / "video.mp4";
    least = blocks * block_size;
  }
  SUBCASE("as a part of a form") {
    request.method = "POST";
    request.parts = {{"chat_id", "7", "", "", ""},
                     {"video", "", here / "video.mp4", "v.mp4", "video/mp4"}};
    least = blocks * block_size + 1;
  }
  block(0);
  const auto before = peak_memory();
  CHECK(fetch(engine, request).body == "taken");
  CHECK(came.get_future().get() >= least);
  CHECK(head.find("Transfer-Encoding") == std::string::npos);
  CHECK(head.starts_with(request.method + " /bucket/video.mp4 HTTP/1.1"));
  CHECK(peak_memory() - before < 20 << 20);
}

TEST_CASE("http engine: a form arrives as it was meant") {
  scratch_directory here;
  write_file(here / "a.jpg", "JPEG bytes");
  std::promise<std::string> seen;
  raw_server server{[&](raw_connection& c) {
    seen.set_value(c.read_request());
    c.answer("");
  }};
  http::engine engine;
  auto request = post(server.url(), "");
  request.parts = {{"caption", "строка & <b>", "", "", ""},
                   {"photo", "", here / "a.jpg", "photo.jpg", "image/jpeg"}};
  const auto answer = fetch(engine, request);
  CHECK_MESSAGE(answer.ok(), answer.error);
  const auto text = seen.get_future().get();
  CHECK(text.find("Content-Type: multipart/form-data; boundary=") != std::string::npos);
  CHECK(text.find("name=\"caption\"\r\n\r\nстрока & <b>\r\n") != std::string::npos);
  CHECK(text.find("name=\"photo\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
                  "JPEG bytes\r\n")
        != std::string::npos);
}

TEST_CASE("http engine: and our own server understand each other") {
  http_server server{{}, [](http_server::request x, http_server::responder out) {
                       out.send(x.method == "POST" ? 201 : 200, x.method + x.path + x.body);
                     }};
  http::engine engine;
  const auto base = "http://127.0.0.1:" + std::to_string(server.port());
  CHECK(fetch(engine, post(base + "/p", "body")).body == "POST/pbody");
  CHECK(fetch(engine, get(base + "/g")).body == "GET/g");
  auto head = get(base + "/h");
  head.method = "HEAD";
  CHECK(fetch(engine, head).status == 200);
  auto remove = get(base + "/d");
  remove.method = "DELETE";
  CHECK(fetch(engine, remove).body == "DELETE/d");
}

TEST_SUITE_END();
