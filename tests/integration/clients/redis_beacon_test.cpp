#include "clients/redis.hpp"
#include "raw_server.hpp"
#include "tests/support/process.hpp"

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// Speaks as much of Redis' protocol as heartbeats need.
struct fake_redis {
  std::mutex mutex;
  std::vector<std::string> commands;
  std::string auth_answer = "+OK\r\n";
  raw_server server{[this](raw_connection& c) { serve(c); }};

  void serve(raw_connection& c) {
    for (auto words = read_command(c); !words.empty(); words = read_command(c)) {
      const std::lock_guard guard{mutex};
      commands.push_back(words);
      c.write(words.starts_with("AUTH") ? auth_answer : "+OK\r\n");
    }
  }

  static std::string read_line(raw_connection& c) {
    std::string line;
    for (auto x = c.read_byte(); x; x = c.read_byte()) {
      line += *x;
      if (line.ends_with("\r\n"))
        return line.substr(0, line.size() - 2);
    }
    return {};
  }

  static std::string read_command(raw_connection& c) {
    const auto head = read_line(c);
    std::string words;
    for (int i = head.empty() ? 0 : std::stoi(head.substr(1)); i > 0; --i) {
      read_line(c); // length
      words += (words.empty() ? "" : " ") + read_line(c);
    }
    return words;
  }

  std::vector<std::string> seen() {
    const std::lock_guard guard{mutex};
    return commands;
  }

  redis::address address() const {
    redis::address x;
    x.host = "127.0.0.1";
    x.port = server.port();
    return x;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/clients/redis_beacon");

TEST_CASE("redis: a heartbeat arrives with its lifetime, after login and choice of database") {
  fake_redis redis;
  auto where = redis.address();
  where.user = "bot";
  where.password = secret{"p w"};
  where.database = 3;
  redis::beacon beacon{where};
  CHECK(!beacon.healthy());
  beacon.beat("node:main", "{\"a\":1}", 30s);
  REQUIRE(eventually([&] { return beacon.healthy(); }));
  CHECK(redis.seen()
        == std::vector<std::string>{"AUTH bot p w", "SELECT 3", "SETEX node:main 30 {\"a\":1}"});
  beacon.beat("node:main", "2", 30s);
  CHECK(eventually([&] { return redis.seen().size() == 4; }));
  CHECK(redis.server.connections() == 1);
}

TEST_CASE("redis: what fails is told, and nobody waits for it") {
  fake_redis redis;
  redis.auth_answer = "-WRONGPASS invalid username-password pair\r\n";
  auto where = redis.address();
  where.password = secret{"bad"};
  redis::beacon beacon{where};
  beacon.beat("k", "v", 30s);
  REQUIRE(eventually([&] { return beacon.last_error().starts_with("WRONGPASS"); }));
  CHECK(!beacon.healthy());
}

TEST_CASE("redis: a server that hangs does not hold up the end") {
  raw_server server{[](raw_connection& c) { c.wait_for_close(); }};
  const auto from = std::chrono::steady_clock::now();
  {
    redis::address where;
    where.host = "127.0.0.1";
    where.port = server.port();
    redis::beacon beacon{where, 200ms};
    beacon.beat("k", "v", 30s);
    CHECK(eventually([&] { return server.connections() == 1; }));
  }
  CHECK(std::chrono::steady_clock::now() - from < 5s);
}

TEST_CASE("redis: a server that answers PING and takes no beat is found out") {
  for (const auto* refusal :
       {"-READONLY You can't write against a read only replica.", "-NOPERM no rights for 'setex'",
        "-OOM command not allowed when used memory > 'maxmemory'.", "-ERR unknown command"}) {
    CAPTURE(refusal);
    raw_server server{[refusal](raw_connection& c) {
      std::string asked;
      while (const auto byte = c.read_byte()) {
        asked += *byte;
        if (asked.ends_with("alive\r\n"))
          c.write(refusal + std::string{"\r\n"});
        else if (asked.ends_with("PING\r\n"))
          c.write("+PONG\r\n");
      }
    }};
    redis::address where;
    where.host = "127.0.0.1";
    where.port = server.port();
    CHECK(redis::try_beat(where, 2s) == refusal + 1);
  }
}

TEST_CASE("redis: one beat to try") {
  fake_redis redis;
  CHECK(redis::try_beat(redis.address(), 1s).empty());
  redis::address nobody;
  nobody.host = "127.0.0.1";
  nobody.port = 1;
  CHECK(!redis::try_beat(nobody, 1s).empty());
}

TEST_CASE("redis: a silent name server keeps a beat, and the end, no longer than the time-out") {
  auto silence = std::make_shared<std::promise<void>>(); // outlives the beacon
  auto asked = std::make_shared<std::atomic<int>>(0);
  const auto lookup = [asked, until = silence->get_future().share()](const std::string&) {
    ++*asked;
    until.wait();
    return resolver::result{{"127.0.0.1"}, ""};
  };
  const auto start = std::chrono::steady_clock::now();
  {
    redis::address where;
    where.host = "redis.example";
    redis::beacon beacon{where, 100ms, lookup};
    beacon.beat("node:main", "1", 30s);
    REQUIRE(eventually([&] { return beacon.last_error() == "no address within 100 ms"; }));
    CHECK(asked->load() == 1);
  }
  CHECK(std::chrono::steady_clock::now() - start < 5s);
  silence->set_value();
}

TEST_SUITE_END();
