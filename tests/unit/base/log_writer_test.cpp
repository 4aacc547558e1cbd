#include "base/log_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

struct folder_fixture {
  std::string folder = std::filesystem::temp_directory_path() / "writer.XXXXXX";

  folder_fixture() { REQUIRE(mkdtemp(folder.data()) != nullptr); }
  ~folder_fixture() { std::filesystem::remove_all(folder); }

  std::string fifo() {
    const auto result = folder + "/fifo";
    REQUIRE(mkfifo(result.c_str(), 0600) == 0);
    return result;
  }
};

std::string told(uint64_t count) {
  return "dropped " + std::to_string(count) + "\n";
}

/// What has come through `fd`, or comes within a tenth of a second.
std::string read_some(int fd) {
  pollfd wait{fd, POLLIN, 0};
  if (::poll(&wait, 1, 100) <= 0)
    return {};
  char buffer[65536];
  const auto got = ::read(fd, buffer, sizeof buffer);
  return got > 0 ? std::string{buffer, static_cast<size_t>(got)} : std::string{};
}

/// Everything that comes through `fd` until `part` has come, ten seconds at most.
std::string read_until(int fd, const std::string& part) {
  std::string result;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (result.find(part) == std::string::npos && std::chrono::steady_clock::now() < end)
    result += read_some(fd);
  return result;
}

constexpr uint64_t many = 100'000;

/// Puts more than fits anywhere; whoever logs must not notice.
void put_too_much(log::writer& out) {
  const auto begin = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < many; ++i)
    out.put(std::string(99, 'x') + "\n");
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(out.dropped() > 0);
}

struct reception {
  uint64_t whole = 0; // of the lines that put_too_much put
  uint64_t told = 0;  // lost, by what came
};

reception received(const std::string& text) {
  reception result;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("dropped "))
      result.told += std::stoull(line.substr(8));
    else if (line == std::string(99, 'x'))
      ++result.whole;
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/base/log_writer");

TEST_CASE_FIXTURE(folder_fixture,
                  "log writer: a reader who stands still stops nobody, and hears of it") {
  const auto path = fifo();
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  log::writer out{path, told};
  put_too_much(out);
  CHECK_FALSE(out.flush(50ms));
  // He reads again: what waited comes, and how much did not.
  std::string all;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!out.flush(10ms) && std::chrono::steady_clock::now() < end)
    all += read_some(reader);
  out.put("last\n");
  all += read_until(reader, "last\n");
  CHECK(all.ends_with("\nlast\n"));
  const auto got = received(all);
  CHECK(got.whole == many - out.dropped());
  // Told at once or in parts: that depends on when the thread got a processor between our lines.
  CHECK(got.told == out.dropped());
  ::close(reader);
}

TEST_CASE_FIXTURE(folder_fixture, "log writer: a FIFO without a reader stops nobody") {
  const auto path = fifo();
  log::writer out{path, told};
  out.put("nobody hears this\n");
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (out.dropped() == 0 && std::chrono::steady_clock::now() < end)
    out.flush(10ms);
  put_too_much(out);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const auto got = read_until(reader, "xxx");
  CHECK(got.starts_with("dropped "));
  ::close(reader);
}

TEST_CASE("log writer: a full disk loses lines and no time") {
  log::writer out{"/dev/full", told};
  put_too_much(out);
  CHECK_FALSE(out.flush(10ms));
}

TEST_CASE_FIXTURE(folder_fixture, "log writer: a reader who has left is no reason to die") {
  const auto path = fifo();
  int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  log::writer out{path, told};
  out.put("one\n");
  CHECK(read_until(reader, "one\n") == "one\n");
  ::close(reader);
  out.put("two\n");
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (out.dropped() == 0 && std::chrono::steady_clock::now() < end)
    out.flush(10ms);
  CHECK(out.dropped() == 1);
  reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  out.put("three\n");
  CHECK(read_until(reader, "three\n") == "dropped 1\nthree\n");
  ::close(reader);
}

TEST_CASE_FIXTURE(folder_fixture, "log writer: a file gets every line, also those before the end") {
  const auto path = folder + "/new/file";
  {
    log::writer out{path, told};
    for (int i = 0; i < 1000; ++i)
      out.put(std::to_string(i) + "\n");
    CHECK(out.flush(5s));
  }
  std::ifstream in{path};
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines)
    CHECK(line == std::to_string(lines));
  CHECK(lines == 1000);
  CHECK_THROWS_AS(log::writer(folder, told), std::runtime_error); // a folder
}

TEST_SUITE_END();
