#include "actors/object_store.hpp"
#include "tests/support/ask.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <filesystem>
#include <fstream>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

/// Says for every action how it ends; remote ones go through the http agent as with S3.
class scripted_store : public storage::store {
public:
  bool remote = false;
  std::string public_url;
  mutable std::deque<storage::fault> faults; // of the next actions; then all goes well
  mutable std::vector<std::string> asked;    // one per action made
  mutable std::vector<std::chrono::seconds> cleanings;

  storage::action put(const storage_key& key, const std::string& file,
                      const std::string& type) const override {
    return make("put " + to_string(key) + " " + type, file);
  }
  storage::action fetch(const storage_key& key) const override {
    return make("fetch " + to_string(key), "/kept/" + to_string(key));
  }
  storage::action remove(const storage_key& key) const override {
    return make("remove " + to_string(key), {});
  }
  storage::action list(const std::string&, const std::string&) const override { return {}; }
  storage::action check() const override { return {}; }
  std::string link(const storage_key& key, storage::clock::time_point,
                   std::chrono::seconds life) const override {
    return public_url.empty()
             ? ""
             : public_url + "/" + to_string(key) + "?life=" + std::to_string(life.count());
  }
  std::string temporary_file(std::string_view) const override { return {}; }
  storage::action clean_temporary(std::chrono::seconds age) const override {
    cleanings.push_back(age);
    return {std::nullopt, {}, [] { return storage::result{}; }};
  }

private:
  storage::action make(std::string action, const std::string& file) const {
    asked.push_back(std::move(action));
    storage::result end;
    if (!faults.empty()) {
      end.fault = faults.front();
      faults.pop_front();
    }
    end.file = file;
    end.bytes = 7;
    storage::action result;
    if (remote) {
      result.request.emplace();
      result.interpret = [end](const http::response& x) {
        storage::result unreachable;
        unreachable.fault = storage::fault::unavailable;
        return x.ok() ? end : unreachable;
      };
    } else {
      result.disk = [end] { return end; };
    }
    return result;
  }
};

struct store_fixture : actor_fixture {
  std::shared_ptr<scripted_store> files = std::make_shared<scripted_store>();
  int exchanges = 0;
  bool reachable = true;
  int turns_missed = 0; // requests that wait in our own line until that is too long

  http_agent_actor http = spawn_fake<http_agent_actor>([this](const http::request&) {
    ++exchanges;
    http::response answer;
    answer.outcome = reachable ? http::outcome::answered : http::outcome::not_sent;
    if (turns_missed > 0 && turns_missed-- > 0)
      answer.outcome = http::outcome::not_started;
    answer.status = 200;
    return answer;
  });
  object_store_actor objects = spawn<object_store_impl>(
    files, [](auto task, auto done) { done(task()); }, http);

  std::filesystem::path source =
    std::filesystem::temp_directory_path() / ("neurocards-" + to_string(uuid::random()));

  store_fixture() { std::ofstream{source} << "content"; }
  ~store_fixture() { std::filesystem::remove(source); }

  put_file photo() const { return {source.string(), storage_key{"photos/a.jpg"}, "image/jpeg"}; }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/object_store");

TEST_CASE_FIXTURE(store_fixture, "object_store: keeps a file and consumes its source") {
  const auto put = ask<put_result>(*this, objects, photo());
  settle();
  REQUIRE(put->value);
  CHECK(put->value->bytes == 7);
  CHECK(files->asked == std::vector<std::string>{"put photos/a.jpg image/jpeg"});
  CHECK(!std::filesystem::exists(source));
  CHECK(exchanges == 0);
}

TEST_CASE_FIXTURE(store_fixture, "object_store: asks a remote store by the http agent") {
  files->remote = true;
  const auto open = ask<opened_file>(*this, objects, open_file{storage_key{"videos/v.mp4"}});
  settle();
  REQUIRE(open->value);
  CHECK(open->value->path == "/kept/videos/v.mp4");
  CHECK(exchanges == 1);
}

TEST_CASE_FIXTURE(store_fixture,
                  "object_store: makes the request anew and waits longer each time") {
  files->remote = true;
  files->faults = {storage::fault::unavailable, storage::fault::unavailable};
  const auto put = ask<put_result>(*this, objects, photo());
  settle();
  CHECK(files->asked.size() == 1);
  advance(400ms);
  CHECK(files->asked.size() == 1); // 500 ms ± 10 %
  advance(200ms);
  CHECK(files->asked.size() == 2);
  advance(700ms);
  CHECK(files->asked.size() == 2); // 1 s ± 10 %
  advance(500ms);
  CHECK(files->asked.size() == 3);
  CHECK(put->value);
}

TEST_CASE_FIXTURE(store_fixture, "object_store: gives up after three tries and leaves the source") {
  files->remote = true;
  reachable = false;
  const auto put = ask<put_result>(*this, objects, photo());
  advance(1min);
  REQUIRE(put->error);
  CHECK(*put->error == ec::unavailable);
  CHECK(exchanges == 3);
  CHECK(std::filesystem::exists(source));
}

TEST_CASE_FIXTURE(store_fixture, "object_store: counts no wait in our own line as a failed try") {
  files->remote = true;
  turns_missed = 10;
  const auto put = ask<put_result>(*this, objects, photo());
  advance(2min);
  CHECK(put->value);
  CHECK(exchanges == 11);
}

TEST_CASE_FIXTURE(store_fixture, "object_store: survives the death of the http agent") {
  files->remote = true;
  caf::anon_send_exit(http, caf::exit_reason::kill);
  settle();
  const auto open = ask<opened_file>(*this, objects, open_file{storage_key{"videos/v.mp4"}});
  advance(1min);
  REQUIRE(open->error);
  CHECK(*open->error == ec::unavailable);
}

TEST_CASE_FIXTURE(store_fixture, "object_store: says what a fault means, without a second try") {
  const std::vector<std::pair<storage::fault, ec>> table{
    {storage::fault::not_found, ec::file_missing},
    {storage::fault::invalid, ec::file_missing},
    {storage::fault::disk_full, ec::storage_full},
    {storage::fault::refused, ec::misconfigured},
  };
  for (const auto& [fault, code] : table) {
    CAPTURE(to_string(fault));
    files->asked.clear();
    files->faults = {fault};
    const auto open = ask<opened_file>(*this, objects, open_file{storage_key{"videos/v.mp4"}});
    advance(1min);
    REQUIRE(open->error);
    CHECK(*open->error == code);
    CHECK(files->asked.size() == 1);
  }
}

TEST_CASE_FIXTURE(store_fixture, "object_store: drops a file") {
  const auto drop = ask<caf::unit_t>(*this, objects, drop_file{storage_key{"photos/a.jpg"}});
  settle();
  CHECK(drop->value);
  CHECK(files->asked == std::vector<std::string>{"remove photos/a.jpg"});
}

TEST_CASE_FIXTURE(store_fixture, "object_store: has links only under a public address") {
  const link_file wish{storage_key{"photos/a.jpg"}, 60s};
  const auto none = ask<file_link>(*this, objects, wish);
  settle();
  REQUIRE(none->value);
  CHECK(none->value->url.empty());
  files->public_url = "https://cards.example";
  const auto some = ask<file_link>(*this, objects, wish);
  settle();
  REQUIRE(some->value);
  CHECK(some->value->url == "https://cards.example/photos/a.jpg?life=60");
}

TEST_CASE_FIXTURE(store_fixture,
                  "object_store: clears left-over temporary files away all the time") {
  settle();
  REQUIRE(files->cleanings.size() == 1); // what a crash has left
  advance(1h);
  CHECK(files->cleanings.size() >= 5);
  CHECK(files->cleanings.size() <= 8);
  CHECK(files->cleanings.back() == 1h); // a file may wait for three tries of its upload
}

TEST_SUITE_END();
