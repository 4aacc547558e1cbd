#include "node/resources.hpp"
#include "node/role_watch.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t mebibyte = 1024 * 1024;

/// The only line about a machine that has too little of one thing.
std::string line_of(const machine_room& x) {
  const auto all = shortages(x);
  REQUIRE(all.size() == 1);
  return all.front();
}

machine_room with_folder(folder_room x) {
  machine_room result;
  result.folders.push_back(std::move(x));
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/node/resources");

TEST_CASE("resources: a machine without limits and with room has nothing to say") {
  CHECK(shortages({}).empty());
  CHECK(shortages(with_folder({"storage.path", "data", "", 4096 * mebibyte, 1'000'000})).empty());
}

TEST_CASE("resources: what there is too little of is told with what is wanted, allowed and what "
          "allows it") {
  machine_room few;
  SUBCASE("open files") {
    few.open_files = 256;
    CHECK(line_of(few)
          == "open files: 1024 are wanted, 256 allowed (LimitNOFILE= of the unit, ulimit -n)");
  }
  SUBCASE("threads") {
    few.threads = 10;
    CHECK(line_of(few) == "threads: 64 are wanted, 10 allowed (TasksMax= of the unit, ulimit -u)");
  }
  SUBCASE("memory") {
    few.memory = 64 * mebibyte;
    CHECK(line_of(few)
          == "memory: 256 MiB are wanted, 64 MiB allowed (MemoryMax= of the unit, ulimit -v)");
  }
  SUBCASE("size of files") {
    few.file_size = mebibyte;
    CHECK(line_of(few).starts_with("size of a file: 200 MiB are wanted, 1 MiB allowed"));
  }
  SUBCASE("disk") {
    CHECK(line_of(with_folder({"storage.path", "/data", "", 10 * mebibyte, {}}))
          == "storage.path (/data): 1024 MiB of free disk are wanted, 10 MiB left");
  }
  SUBCASE("inodes") {
    CHECK(line_of(with_folder({"log.file", "/log", "", {}, 3}))
          == "log.file (/log): 10000 more files (inodes) are wanted, 3 left");
  }
  SUBCASE("the right to write") {
    CHECK(line_of(with_folder({"storage.path", "/data", "Read-only file system", {}, {}}))
          == "storage.path (/data): nothing can be written there: Read-only file system");
  }
}

TEST_CASE("resources: measuring finds this machine's folders, and says why one cannot be written") {
  config::all settings;
  settings.storage.path = "/proc/nowhere";
  const auto x = measure(settings);
  REQUIRE(x.folders.size() == 1);
  CHECK(x.folders[0].fault != "");
  settings.storage.path = "/tmp";
  CHECK(measure(settings).folders.at(0).fault == "");
}

TEST_CASE("resources: a role is unable when one of its parts has failed for ten seconds") {
  role_watch watch;
  const auto start = role_watch::clock::now();
  watch.report("notifier", "its lock", "too many connections", start);
  watch.report("worker", "LISTEN jobs", "refused", start + 5s);
  CHECK(watch.unable(start + 9s).empty());
  watch.report("notifier", "its lock", "still too many", start + 9s);
  const auto unable = watch.unable(start + 10s);
  REQUIRE(unable.size() == 1);
  CHECK(unable.at("notifier") == "its lock: still too many");
  watch.report("notifier", "its lock", "", start + 11s);
  CHECK(watch.unable(start + 20s).size() == 1); // the worker's
  watch.report("worker", "LISTEN jobs", "", start + 21s);
  CHECK(watch.unable(start + 1h).empty());
}

TEST_SUITE_END();
