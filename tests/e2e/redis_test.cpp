#include "tests/support/world.hpp"

#include "clients/redis.hpp"

#include <doctest/doctest.h>

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// A real Redis of the test's own, which can be stopped and started again on its port.
class redis_server {
public:
  redis_server() { start(); }

  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_) + "/0"; }

  void start() {
    process_ = std::make_unique<process>(
      "/usr/bin/redis-server",
      std::vector<std::string>{"--port", std::to_string(port_), "--bind", "127.0.0.1", "--save", "",
                               "--dir", folder_.path()},
      std::map<std::string, std::string>{}, folder_.file("redis.log"));
    const auto where = neurocards::redis::parse_url(url());
    REQUIRE(where);
    wait_until("Redis", [&] {
      if (!process_->running())
        throw std::runtime_error("Redis ended: " + process_->output());
      return neurocards::redis::try_beat(*where, 1s).empty();
    });
  }

  void stop() {
    process_->signal(SIGTERM);
    REQUIRE(process_->wait() == 0);
  }

private:
  temporary_directory folder_;
  const uint16_t port_ = neurocards::test::free_port();
  std::unique_ptr<process> process_;
};

/// What the node says of Redis.
json redis_check(const world& w) {
  const auto got = web_get(w.node_url() + "/readyz");
  CHECK(got.status == 200); // whatever Redis does, the node serves
  return json::parse(got.body).at("checks").at("redis");
}

} // namespace

TEST_SUITE_BEGIN("e2e/redis");

TEST_CASE("e2e: Redis stops and starts while jobs run, and only readyz takes notice") {
  redis_server redis;
  world w;
  w.variables = {{"REDIS_URL", redis.url()}};
  w.services.post("settings", {{"kie_time", 3'600'000}}); // tasks end when we say so
  w.start_node();
  wait_until("a beat in Redis", [&] { return redis_check(w).at("ok") == true; });
  w.order(7);
  w.expect(7, "🎬 Генерация запущена!");

  redis.stop();
  wait_until("the fault in readyz", [&] {
    const auto check = redis_check(w);
    return check.at("ok") == false && !check.at("detail").get<std::string>().empty();
  });
  w.order(8); // from the first message to the task without Redis
  w.expect(8, "🎬 Генерация запущена!");
  const auto tasks = w.services.get("tasks").at("tasks");
  CHECK(tasks.size() == 2);
  for (const auto& task : tasks)
    w.services.post("kie/end", {{"task", task.at("task")}, {"state", "success"}});
  for (const auto user : {7, 8})
    w.expect(user, "✅ Видео готово!");
  CHECK(redis_check(w).at("ok") == false); // it was away all the time

  redis.start();
  wait_until("a beat in the new Redis", [&] { return redis_check(w).at("ok") == true; });
  CHECK(w.db.number("SELECT count(*) FROM jobs WHERE status = 'completed' AND attempts = 1") == 2);
  CHECK(w.db.number("SELECT count(*) FROM nodes") == 1); // one incarnation: nobody was fenced
  w.db.check_promises();
}

TEST_SUITE_END();
