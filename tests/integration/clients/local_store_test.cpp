#include "clients/file_worker.hpp"
#include "clients/storage.hpp"
#include "raw_server.hpp"

#include <sys/stat.h>

using namespace neurocards;
using namespace neurocards::storage;
using namespace neurocards::test;

namespace {

struct store_fixture {
  scratch_directory here;
  local_store store{here / "data", {secret{"k"}, "http://bot.example"}};

  std::string temporary(std::string_view text) const {
    auto path = store.temporary_file(".part");
    write_file(path, text);
    return path;
  }

  result put(const char* key, std::string_view text) const {
    return store.put(storage_key{key}, temporary(text), "").disk();
  }
};

std::vector<std::string> keys_of(const result& x) {
  std::vector<std::string> result;
  for (const auto& entry : x.entries)
    result.push_back(entry.key.value);
  return result;
}

} // namespace

TEST_SUITE_BEGIN("integration/clients/local_store");

TEST_CASE_FIXTURE(store_fixture, "local store: what is put can be fetched") {
  const auto kept = put("photos/2026/a.jpg", "JPEG");
  CHECK(kept.ok());
  CHECK(kept.bytes == 4);
  const auto got = store.fetch(storage_key{"photos/2026/a.jpg"}).disk();
  REQUIRE(got.ok());
  CHECK(!got.temporary);
  CHECK(got.bytes == 4);
  CHECK(read_file(got.file) == "JPEG");
  CHECK(put("photos/2026/a.jpg", "newer").ok());
  CHECK(read_file(got.file) == "newer");
}

TEST_CASE_FIXTURE(store_fixture,
                  "local store: putting again after a success that was not heard of") {
  const auto file = temporary("x");
  const auto todo = store.put(storage_key{"a"}, file, "");
  CHECK(todo.disk().ok());
  CHECK(todo.disk().ok()); // the file has been moved by the first
  CHECK(store.put(storage_key{"b"}, file, "").disk().fault == fault::invalid);
}

TEST_CASE_FIXTURE(store_fixture, "local store: a file from another file system is copied") {
  struct stat ours {};
  struct stat memory {};
  if (::stat(here.path().c_str(), &ours) != 0 || ::stat("/dev/shm", &memory) != 0
      || ours.st_dev == memory.st_dev)
    return; // there is only one file system here
  const auto file = "/dev/shm/neurocards-" + std::to_string(::getpid());
  write_file(file, std::string(3 << 20, 'v'));
  const auto kept = store.put(storage_key{"videos/v.mp4"}, file, "video/mp4").disk();
  CHECK(kept.ok());
  CHECK(!std::filesystem::exists(file));
  CHECK(std::filesystem::file_size(here / "data/videos/v.mp4") == 3 << 20);
  CHECK(keys_of(store.list("", "").disk()) == std::vector<std::string>{"videos/v.mp4"});
}

TEST_CASE_FIXTURE(store_fixture, "local store: absent files and bad keys") {
  CHECK(store.fetch(storage_key{"nothing"}).disk().fault == fault::not_found);
  CHECK(store.remove(storage_key{"nothing"}).disk().ok());
  CHECK(store.fetch(storage_key{"photos"}).disk().fault == fault::not_found);
  for (const char* bad : {"../../etc/passwd", "/etc/passwd", "a/../../b", ""}) {
    CAPTURE(bad);
    CHECK(store.fetch(storage_key{bad}).disk().fault == fault::invalid);
    CHECK(put(bad, "x").fault == fault::invalid);
    CHECK(store.remove(storage_key{bad}).disk().fault == fault::invalid);
    CHECK(!store.path(storage_key{bad}));
    CHECK(store.link(storage_key{bad}, clock::now(), 60s).empty());
  }
}

TEST_CASE_FIXTURE(store_fixture, "local store: a directory in the way of a key") {
  CHECK(put("a/b", "x").ok());
  CHECK(put("a", "x").fault == fault::unavailable);
  CHECK(put("a/b/c", "x").fault == fault::unavailable);
  CHECK(read_file(here / "data/a/b") == "x");
}

TEST_CASE_FIXTURE(store_fixture, "local store: lists in pages, without what is temporary") {
  for (int i = 0; i < 1005; ++i)
    CHECK(put(("p/" + std::to_string(10'000 + i)).c_str(), "x").ok());
  CHECK(put("q", "yy").ok());
  temporary("left over");
  const auto first = store.list("p/", "").disk();
  CHECK(first.entries.size() == 1000);
  CHECK(first.next == "p/10999");
  const auto second = store.list("p/", first.next).disk();
  CHECK(keys_of(second)
        == std::vector<std::string>{"p/11000", "p/11001", "p/11002", "p/11003", "p/11004"});
  CHECK(second.next.empty());
  const auto rest = store.list("q", "").disk();
  REQUIRE(rest.entries.size() == 1);
  CHECK(rest.entries[0].bytes == 2);
  CHECK(clock::now() - rest.entries[0].modified < 60s);
  CHECK(store.remove(storage_key{"q"}).disk().ok());
  CHECK(store.list("q", "").disk().entries.empty());
}

TEST_CASE_FIXTURE(store_fixture, "local store: left-over temporary files go when they are old") {
  const auto old_file = temporary("old");
  const auto young = temporary("young");
  std::filesystem::last_write_time(old_file, std::filesystem::file_time_type::clock::now() - 2h);
  CHECK(store.clean_temporary(1h).disk().ok());
  CHECK(!std::filesystem::exists(old_file));
  CHECK(std::filesystem::exists(young));
  CHECK(store.check().disk().ok());
}

TEST_CASE("local store: a directory that cannot be made stops the start") {
  CHECK_THROWS_AS((local_store{"/proc/neurocards", {}}), std::runtime_error);
}

TEST_CASE("file worker: in order, off the caller's thread, all before its end") {
  std::vector<int> order;
  std::atomic<int> done{0};
  const auto caller = std::this_thread::get_id();
  {
    file_worker worker;
    for (int i = 0; i < 100; ++i)
      worker.submit(
        [&order, caller, i] {
          CHECK(std::this_thread::get_id() != caller);
          order.push_back(i);
          result x;
          x.bytes = i;
          return x;
        },
        [&done](const result& x) { done += x.ok() ? 1 : 0; });
  }
  CHECK(done.load() == 100);
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("file worker: one of several threads that hangs holds up no task") {
  std::promise<void> release;
  std::atomic<int> done{0};
  const auto count = [&done](const result& x) { done += x.ok() ? 1 : 0; };
  {
    file_worker worker{10, 2};
    worker.submit(
      [&] {
        CHECK(release.get_future().wait_for(10s) == std::future_status::ready);
        return result{};
      },
      count);
    worker.submit(
      [&] {
        release.set_value();
        return result{};
      },
      count);
  }
  CHECK(done.load() == 2);
}

TEST_CASE("file worker: what comes once it has finished is refused") {
  file_worker worker{10, 2};
  int done = 0;
  worker.submit([] { return result{}; }, [&](const result& x) { done += x.ok(); });
  worker.finish();
  CHECK(done == 1);
  std::vector<result> late;
  worker.submit([] { return result{}; }, [&](const result& x) { late.push_back(x); });
  REQUIRE(late.size() == 1);
  CHECK(late[0].fault == fault::unavailable);
  worker.finish();
}

TEST_CASE("file worker: a full queue refuses, an exception is a failure") {
  std::promise<void> release;
  auto released = release.get_future().share();
  {
    file_worker worker{2};
    std::promise<void> started;
    worker.submit(
      [&]() -> result {
        started.set_value();
        released.wait();
        throw std::runtime_error("disk on fire");
      },
      [&](const result& x) {
        CHECK(x.error == "disk on fire");
        CHECK(x.fault == fault::unavailable);
      });
    started.get_future().wait();
    for (int i = 0; i < 2; ++i)
      worker.submit([] { return result{}; }, [&](const result& x) { CHECK(x.ok()); });
    bool refused = false;
    worker.submit([] { return result{}; },
                  [&](const result& x) { refused = x.fault == fault::unavailable; });
    CHECK(refused);
    release.set_value();
  }
}

TEST_SUITE_END();
