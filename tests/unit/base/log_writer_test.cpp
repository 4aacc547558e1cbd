#include "base/log_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

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

/// Everything that comes through `fd` until `part` has come, ten seconds at most.
std::string read_until(int fd, const std::string& part) {
  std::string result;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (result.find(part) == std::string::npos && std::chrono::steady_clock::now() < end) {
    pollfd wait{fd, POLLIN, 0};
    if (::poll(&wait, 1, 100) <= 0)
      continue;
    char buffer[65536];
    const auto got = ::read(fd, buffer, sizeof buffer);
    if (got > 0)
      result.append(buffer, static_cast<size_t>(got));
  }
  return result;
}

constexpr int many = 100'000;

/// Puts more than fits anywhere; whoever logs must not notice.
void put_too_much(log::writer& out) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < many; ++i)
    out.put(std::string(99, 'x') + "\n");
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(out.dropped() > 0);
}

} // namespace

TEST_CASE_FIXTURE(folder_fixture,
                  "log writer: a reader who stands still stops nobody, and hears of it") {
  const auto path = fifo();
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  log::writer out{path, told};
  put_too_much(out);
  CHECK_FALSE(out.flush(50ms));
  out.put("first\n"); // fits only if the thread has just taken what waited
  const auto dropped = out.dropped();
  // He reads again: what waited comes, then how much did not.
  const auto before = read_until(reader, "\n");
  CHECK(before.starts_with("xxx"));
  std::string rest;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!out.flush(10ms) && std::chrono::steady_clock::now() < end)
    rest += read_until(reader, "x");
  out.put("last\n");
  rest += read_until(reader, "last\n");
  CHECK((before + rest).find("\n" + told(dropped)) != std::string::npos);
  CHECK(rest.ends_with("\nlast\n"));
  ::close(reader);
}

TEST_CASE_FIXTURE(folder_fixture, "log writer: a FIFO without a reader stops nobody") {
  const auto path = fifo();
  log::writer out{path, told};
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
