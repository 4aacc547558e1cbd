#include "actors/http_agent.hpp"
#include "tests/integration/clients/raw_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

using namespace neurocards;
using namespace neurocards::test;

TEST_SUITE_BEGIN("integration/clients/http_reachability");

TEST_CASE("http engine: each new connection is told of once, before it is answered") {
  std::atomic<bool> answers = false;
  raw_server server{[&](raw_connection& c) {
    while (!c.read_request().empty()) {
      while (!answers)
        std::this_thread::yield();
      c.answer("hello");
    }
  }};
  std::atomic<int> connected = 0;
  http::engine_config config;
  config.connected = [&] { ++connected; };
  http::engine engine{config};
  std::promise<http::response> first;
  auto done = first.get_future();
  engine.submit(get(server.url()), [&](http::response x) { first.set_value(std::move(x)); });
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (connected == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(connected == 1); // and nobody has answered yet
  CHECK(done.wait_for(0s) == std::future_status::timeout);
  answers = true;
  CHECK(done.get().ok());
  CHECK(fetch(engine, get(server.url())).ok());
  CHECK(connected == 1); // the second request went on the same one
  CHECK(server.connections() == 1);
}

TEST_CASE("http engine: nothing is told of a connection that is not completed") {
  std::atomic<int> connected = 0;
  http::engine_config config;
  config.connected = [&] { ++connected; };
  http::engine engine{config};
  std::string gone;
  {
    const raw_server server{serve_hello};
    gone = server.url();
  }
  CHECK(fetch(engine, get(gone)).outcome == http::outcome::not_sent);
  CHECK(connected == 0);
}

TEST_CASE(
  "http_agent: a service that takes a new connection is there, though it has not answered") {
  std::atomic<int> served = 0;
  raw_server server{[&](raw_connection& c) {
    c.read_request();
    if (++served <= 2)
      return c.reset(); // cut, as a long poll may be
    c.wait_for_close(); // a quiet bot: nothing to say
  }};
  auto reach = std::make_shared<reachability>();
  caf::actor_system_config config;
  caf::actor_system sys{config};
  auto agent =
    sys.spawn<http_agent_impl>(http::engine_config{}, std::nullopt, std::string{}, reach);
  {
    caf::scoped_actor self{sys};
    for (int i = 0; i < 2; ++i)
      self->request(agent, caf::infinite, get(server.url()))
        .receive([](const http::response& x) { CHECK(x.outcome == http::outcome::interrupted); },
                 [](const caf::error&) { FAIL("the agent always answers"); });
    const auto before = reach->silence();
    reach->missed(reachability::clock::now() + 1min); // as if requests had failed all the time
    CHECK(reach->silence() > before + 30s);
    self->send(agent, get(server.url())); // waits for its answer
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while ((reach->silence() > 0s || served < 3) && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    CHECK(served == 3);
    CHECK(reach->silence() == 0s);
  }
  caf::anon_send_exit(agent, caf::exit_reason::kill);
  agent = nullptr;
}

TEST_SUITE_END();
