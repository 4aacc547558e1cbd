#include "base/log.hpp"
#include "base/log_spell.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

/// The log goes to a file in a folder of its own meanwhile.
struct log_to_file {
  std::string folder = std::filesystem::temp_directory_path() / "log.XXXXXX";
  std::string file;

  log_to_file() {
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    file = folder + "/bot.log";
    log::start({log::level::info, false, file});
  }
  ~log_to_file() {
    log::start({log::level::error, false, ""}); // as tests/main.cpp has it
    std::filesystem::remove_all(folder);
  }

  static std::string content(const std::string& path) {
    log::flush();
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/base/log");

TEST_CASE_FIXTURE(log_to_file,
                  "log: a log file that cannot be opened anew leaves the old one in use") {
  log::info("test.before");
  std::filesystem::rename(file, file + ".1");
  std::filesystem::create_directory(file); // now nobody can write to a file of this name
  log::reopen();
  log::info("test.after");
  CHECK(content(file + ".1").find("test.before") != std::string::npos);
  CHECK(content(file + ".1").find("log.not_reopened") != std::string::npos);
  CHECK(content(file + ".1").find("test.after") != std::string::npos);
  std::filesystem::remove(file);
  log::reopen();
  log::info("test.again");
  CHECK(content(file).find("test.again") != std::string::npos);
}

TEST_CASE_FIXTURE(log_to_file, "log: a value takes a bounded part of a log line") {
  log::info("test.long", "value", std::string(900'000, 'x'), "next", 1);
  log::info("test.cyrillic", "value", "x" + std::string(10'000, '\xd0').replace(1, 2, "\xd0\xb0"));
  const auto all = content(file);
  CHECK(all.size() < 20'000);
  CHECK(all.find("(896000 bytes more)\" next=1") != std::string::npos);
}

TEST_CASE("log: a fault that strangers bring about is logged at powers of two until it is quiet") {
  log::spell faults;
  const auto start = log::spell::clock::now();
  int lines = 0;
  for (int i = 0; i < 1000; ++i) {
    lines += faults.should_log(start + i * 1ms) ? 1 : 0;
    CHECK(faults.over(start + i * 1ms) == 0);
  }
  CHECK(lines == 10);
  CHECK(faults.over(start + 30s) == 0);
  CHECK(faults.over(start + 2min) == 1000);
  CHECK(faults.over(start + 3min) == 0);
  CHECK(faults.should_log(start + 4min));
}

TEST_SUITE_END();
