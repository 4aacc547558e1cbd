#include "raw_server.hpp"

#include <condition_variable>

using namespace neurocards;
using namespace neurocards::test;
using http::outcome;

// Many requests, and the limits of what waits.

TEST_SUITE_BEGIN("integration/clients/http_engine_load");

TEST_CASE("http engine: many at once, none lost") {
  raw_server server{serve_hello};
  http::engine engine{{.connections_per_host = 20}};
  constexpr int total = 5000;
  std::mutex mutex;
  std::condition_variable all;
  int good = 0;
  int done = 0;
  std::vector<std::thread> submitters;
  for (int t = 0; t < 4; ++t)
    submitters.emplace_back([&] {
      for (int i = 0; i < total / 4; ++i) {
        auto request = get(server.url());
        request.timeout = 60s;
        engine.submit(std::move(request), [&](const http::response& x) {
          const std::lock_guard guard{mutex};
          good += x.ok() && x.body == "hello" ? 1 : 0;
          if (++done == total)
            all.notify_one();
        });
      }
    });
  for (auto& x : submitters)
    x.join();
  std::unique_lock lock{mutex};
  REQUIRE(all.wait_for(lock, 60s, [&] { return done == total; }));
  CHECK(good == total);
  CHECK(server.connections() <= 20);
  const auto figures = engine.counters();
  CHECK(figures.finished == total);
  CHECK(figures.answered == total);
  CHECK(figures.in_flight == 0);
  CHECK(figures.waiting == 0);
}

TEST_CASE("http engine: urgent requests pass those that hang") {
  raw_server server{[](raw_connection& c) {
    const auto text = c.read_request();
    if (text.starts_with("GET /slow"))
      c.wait_for_close();
    else
      c.answer("quick");
  }};
  http::engine engine{{.connections_per_host = 4, .bulk_connections_per_host = 2}};
  scratch_directory here;
  for (int i = 0; i < 10; ++i) {
    engine.submit(get(server.url("/slow")), [](const http::response&) {});
    auto bulk = get(server.url("/slow"));
    bulk.save_to = here / std::to_string(i);
    engine.submit(bulk, [](const http::response&) {});
  }
  auto request = get(server.url("/quick"));
  request.urgent = true;
  const auto x = fetch(engine, request);
  CHECK(x.body == "quick");
  CHECK(x.took < 5s);
}

TEST_CASE("http engine: too many waiting are refused at once") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.wait_for_close();
  }};
  http::engine engine{{.connections_per_host = 1, .waiting = 1}};
  engine.submit(get(server.url()), [](const http::response&) {});
  engine.submit(get(server.url()), [](const http::response&) {});
  const auto limit = std::chrono::steady_clock::now() + 10s;
  while (engine.counters().waiting < 1 && std::chrono::steady_clock::now() < limit)
    std::this_thread::yield();
  CHECK(fetch(engine, get(server.url())).outcome == outcome::not_started);
}

TEST_CASE("http engine: its end answers whatever is pending") {
  raw_server server{[](raw_connection& c) {
    c.read_request();
    c.wait_for_close();
  }};
  std::atomic<int> interrupted{0};
  std::atomic<int> unsent{0};
  {
    http::engine engine{{.connections_per_host = 3}};
    for (int i = 0; i < 10; ++i)
      engine.submit(post(server.url(), "x"), [&](const http::response& x) {
        interrupted += x.outcome == outcome::interrupted ? 1 : 0;
        unsent += x.outcome == outcome::not_started ? 1 : 0;
      });
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (server.connections() < 3 && std::chrono::steady_clock::now() < limit)
      std::this_thread::yield();
  }
  CHECK(interrupted + unsent == 10);
  CHECK(unsent >= 7);
}

TEST_CASE("http engine: a callback may submit again") {
  raw_server server{serve_hello};
  http::engine engine;
  std::promise<int> rounds;
  int round = 0;
  std::function<void(http::response)> again = [&](const http::response& x) {
    if (!x.ok() || ++round == 100)
      rounds.set_value(round);
    else
      engine.submit(get(server.url()), again);
  };
  engine.submit(get(server.url()), again);
  auto future = rounds.get_future();
  REQUIRE(future.wait_for(30s) == std::future_status::ready);
  CHECK(future.get() == 100);
  CHECK(server.connections() == 1);
}

TEST_SUITE_END();
